/** Addresses: which view a URL means. Pure. */

import type { PeopleList } from "./protocol.gen";

export type Route =
  | { view: "hallway" }
  | { view: "contacts" }
  | { view: "you" }
  | { view: "admin" }
  | { view: "invitations" }
  | { view: "notifications" }
  | { view: "devices" }
  | { view: "data" }
  | { view: "consents" }
  | { view: "profile" }
  | { view: "people"; which: PeopleList }
  | { view: "person"; memberId: string }
  | { view: "room"; roomId: string };

export function routeOf(location: { pathname: string; hash: string }): Route {
  const room = /^\/room\/([\w-]{1,64})\/?$/.exec(location.pathname);
  if (room?.[1] !== undefined) return { view: "room", roomId: room[1] };
  return byHash(location.hash);
}

/** Pages of one's own are named by the fragment: the server serves one page for all of them. */
function byHash(hash: string): Route {
  const person = /^#person\/([\w-]{1,64})$/.exec(hash);
  if (person?.[1] !== undefined) return { view: "person", memberId: person[1] };
  switch (hash) {
    case "#profile":
      return { view: "profile" };
    case "#people/following":
      return { view: "people", which: "following" };
    case "#people/followers":
      return { view: "people", which: "followers" };
    case "#people/blocked":
      return { view: "people", which: "blocked" };
    case "#contacts":
      return { view: "contacts" };
    case "#invitations":
      return { view: "invitations" };
    case "#admin":
      return { view: "admin" };
    case "#notifications":
      return { view: "notifications" };
    case "#devices":
      return { view: "devices" };
    case "#data":
      return { view: "data" };
    case "#consents":
      return { view: "consents" };
    case "#you":
      return { view: "you" };
    default:
      return { view: "hallway" };
  }
}

/** Whether the view itself shows who is at the door; elsewhere a toast does. */
export function showsKnocks(route: Route): boolean {
  return route.view === "hallway" || route.view === "room";
}

export function pathOf(route: Route): string {
  switch (route.view) {
    case "room":
      return `/room/${route.roomId}`;
    case "person":
      return `/#person/${route.memberId}`;
    case "people":
      return `/#people/${route.which}`;
    case "contacts":
    case "you":
    case "admin":
    case "invitations":
    case "notifications":
    case "devices":
    case "data":
    case "consents":
    case "profile":
      return `/#${route.view}`;
    case "hallway":
      return "/";
    default:
      return route satisfies never;
  }
}
