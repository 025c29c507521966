/** What a member sees: the view that the address names. */

import { useRef } from "preact/hooks";
import { NO_COLOURS } from "../colours";
import { microphonesOffered } from "../media/microphone";
import { NO_SCRIBE } from "../scribe";
import type { Me } from "../protocol.gen";
import type { Route } from "../route";
import { ConnectionBanner } from "./connection";
import { DeskContext } from "./desk-context";
import { DoorMessage } from "./door-message";
import { Hallway } from "./hallway";
import type { PageProps } from "./page";
import { PeopleHere } from "./people-here";
import { OpenPersonContext } from "./person-button";
import {
  Admin,
  Consents,
  Contacts,
  Data,
  Devices,
  Invitations,
  Notifications,
  People,
  PersonPage,
  ProfilePage,
  Room,
  You,
} from "./rare";
import { TalkContext } from "./talk-context";
import { SoundContext } from "./sound-context";
import { SoundDialogs } from "./sound-dialogs";

export interface InsideProps extends Omit<PageProps, "text"> {
  readonly me: Me;
}

export function Inside(props: InsideProps) {
  const { state, actions, me } = props;
  const { route, visit } = state;
  if (route.view !== "room") {
    return (
      <>
        <ConnectionBanner {...state} voice={null} weakness={null} />
        <OutsideRooms {...props} />
      </>
    );
  }
  if (visit === null) return <DoorMessage busy />;
  const talk = {
    talk: state.talk,
    actions: actions.talking,
    reporting: actions.reporting,
    myId: me.memberId,
  };
  return (
    <TalkContext.Provider value={talk}>
      <DeskContext.Provider
        value={{
          desk: state.desk,
          actions: actions.desk,
          engine: state.engine,
          onReceipts: () => actions.go({ view: "consents" }),
        }}
      >
      <SoundContext.Provider value={{ sound: state.sound, actions: actions.sound }}>
        <PeopleHere
          colours={visit.state?.colours ?? NO_COLOURS}
          me={me}
          people={state.people}
          actions={actions.profiles}
          room={visit.state?.room ?? null}
          traits={visit.state?.scribe.traits ?? NO_SCRIBE.traits}
          onCommand={actions.inRoom}
        >
          <Room
            {...state}
            visit={visit}
            myId={me.memberId}
            microphonesOffered={microphonesOffered()}
            onAdmit={actions.admit}
            onIgnore={actions.ignore}
            onLeave={actions.leaveRoom}
            onMicrophone={actions.toggleMicrophone}
            onHear={actions.hear}
            onCommand={actions.inRoom}
            onListBans={actions.listBans}
            doorActions={actions.doors}
          />
        </PeopleHere>
        <SoundDialogs />
      </SoundContext.Provider>
      </DeskContext.Provider>
    </TalkContext.Provider>
  );
}

function OutsideRooms(props: InsideProps) {
  const { go } = props.actions;
  return (
    <OpenPersonContext.Provider value={(memberId) => go({ view: "person", memberId })}>
      <OutsidePage {...props} />
    </OpenPersonContext.Provider>
  );
}

function OutsidePage({ state, actions, me, onLocale }: InsideProps) {
  const { route, people } = state;
  const toHallway = () => actions.go({ view: "hallway" });
  const toYou = () => actions.go({ view: "you" });
  const before = useRouteBeforePerson(route);
  switch (route.view) {
    case "contacts":
      return (
        <Contacts
          contacts={state.contacts}
          region={state.region}
          actions={actions.addressBook}
          onBack={toHallway}
        />
      );
    case "person":
      return (
        <PersonPage
          memberId={route.memberId}
          person={people.person}
          problem={people.problem}
          actions={actions.profiles}
          myId={me.memberId}
          onEdit={() => actions.go({ view: "profile" })}
          onBack={() => actions.go(before)}
        />
      );
    case "profile":
      return (
        <ProfilePage
          me={me}
          people={people}
          actions={actions.profiles}
          onView={() => actions.go({ view: "person", memberId: me.memberId })}
          onBack={toYou}
        />
      );
    case "people":
      return (
        <People
          which={route.which}
          people={people}
          actions={actions.profiles}
          onList={(which) => actions.go({ view: "people", which })}
          onBack={toYou}
        />
      );
    case "invitations":
      return (
        <Invitations
          invitations={state.invitations}
          actions={actions.invitations}
          onBack={toYou}
        />
      );
    case "admin":
      return (
        <Admin
          admin={state.admin}
          actions={actions.administration}
          myId={me.memberId}
          onBack={toYou}
        />
      );
    case "notifications":
      return (
        <Notifications
          push={state.push}
          actions={actions.push}
          onBack={() => actions.go({ view: "you" })}
        />
      );
    case "devices":
      return <Devices account={state.account} actions={actions.account} onBack={toYou} />;
    case "data":
      return <Data me={me} account={state.account} actions={actions.account} onBack={toYou} />;
    case "consents":
      return <Consents {...state.desk} actions={actions.desk} onBack={toYou} />;
    case "you":
      return (
        <You
          me={me}
          reportsWaiting={state.admin.reportsWaiting}
          onGo={actions.go}
          onBack={toHallway}
          onSignOut={actions.entrance.signOut}
          onLocale={onLocale}
        />
      );
    default:
      return (
        <Hallway
          {...state}
          me={me}
          onAdmit={actions.admit}
          onIgnore={actions.ignore}
          onEnter={(roomId) => actions.go({ view: "room", roomId })}
          onOpenRoom={actions.openRoom}
          planning={actions.plans}
          onPlanned={() => actions.tell({ kind: "planned" })}
          onFind={actions.doors.find}
          onGo={actions.go}
          onSharedTaken={actions.takeShared}
        />
      );
  }
}

/** Where one was before one went to look at people: the way back from all of them. */
function useRouteBeforePerson(route: Route): Route {
  const before = useRef<Route>({ view: "hallway" });
  if (route.view !== "person") before.current = route;
  return before.current;
}
