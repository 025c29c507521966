/** What a member sees: the view that the address names. */

import { microphonesOffered } from "../media/microphone";
import type { Me } from "../protocol.gen";
import { Admin } from "./admin";
import { ConnectionBanner } from "./connection";
import { Contacts } from "./contacts";
import { DoorMessage } from "./door-message";
import { Hallway } from "./hallway";
import { Invitations } from "./invitations";
import { Notifications } from "./notifications";
import type { PageProps } from "./page";
import { Room } from "./room";
import { You } from "./you";

export interface InsideProps extends Omit<PageProps, "locale"> {
  readonly me: Me;
}

export function Inside(props: InsideProps) {
  const { state, actions, me } = props;
  const { route, visit } = state;
  if (route.view !== "room") {
    return (
      <>
        <ConnectionBanner {...state} voice={null} />
        <OutsideRooms {...props} />
      </>
    );
  }
  if (visit === null) return <DoorMessage busy />;
  return (
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
    />
  );
}

function OutsideRooms({ state, actions, me, onLocale }: InsideProps) {
  const { route } = state;
  const toHallway = () => actions.go({ view: "hallway" });
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
    case "invitations":
      return (
        <Invitations
          invitations={state.invitations}
          actions={actions.invitations}
          onBack={() => actions.go({ view: "you" })}
        />
      );
    case "admin":
      return (
        <Admin
          admin={state.admin}
          actions={actions.administration}
          myId={me.memberId}
          onBack={() => actions.go({ view: "you" })}
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
    case "you":
      return (
        <You
          me={me}
          reportsWaiting={state.admin.reportsWaiting}
          onGo={actions.go}
          onBack={toHallway}
          onSignOut={actions.signOut}
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
          onGo={actions.go}
        />
      );
  }
}
