/** Which view is shown; takes the whole state and hands on what each view needs. */

import { useEffect } from "preact/hooks";
import type { App } from "../app";
import { showBadge } from "../badge";
import { waitingFor } from "../hallway";
import type { Key } from "../i18n/catalogue";
import type { Locale, Text } from "../i18n/text";
import type { Route } from "../route";
import type { AppState } from "../state";
import { ConnectionBanner } from "./connection";
import { DoorMessage } from "./door-message";
import { Inside } from "./inside";
import { TextContext, useText } from "./language";
import { SignIn } from "./sign-in";
import { Toasts } from "./toasts";
import { Waiting } from "./rare";

export type Actions = Pick<
  App,
  | "entrance" | "go" | "openRoom" | "admit" | "ignore" | "withdrawKnock"
  | "addressBook" | "leaveRoom" | "toggleMicrophone" | "administration" | "invitations" | "push"
  | "profiles" | "account" | "doors" | "plans" | "tell" | "talking" | "reporting" | "hear" | "inRoom"
  | "listBans" | "resume" | "updates" | "takeShared" | "sound" | "desk" | "dismiss"
>;

export interface PageProps {
  readonly state: AppState;
  readonly actions: Actions;
  readonly text: Text;
  readonly onLocale: (locale: Locale) => void;
}

/** Pages of one's own; the hallway is the house itself, and a person has no name before he is known. */
const TITLES = {
  contacts: "contacts.title",
  you: "you.title",
  admin: "admin.title",
  invitations: "invitations.title",
  notifications: "push.title",
  devices: "devices.title",
  data: "data.title",
  consents: "receipts.title",
  profile: "profile.title",
  people: "people.title",
} as const satisfies Partial<Record<Route["view"], Key>>;

export function Page(props: PageProps) {
  const { state, text } = props;
  const { t, locale } = text;
  const title = titleOf(state, text);
  const waiting = waitingFor(state);
  useEffect(() => {
    document.documentElement.lang = locale;
    const name = title === undefined ? t("app.name") : `${title} · ${t("app.name")}`;
    document.title = waiting > 0 ? `(${waiting}) ${name}` : name;
  }, [locale, title, waiting, t]);
  useEffect(() => showBadge(waiting), [waiting]);
  return (
    <TextContext.Provider value={text}>
      <a class="skip" href="#content" onClick={skip}>
        {t("app.skip")}
      </a>
      <View {...props} />
      <Toasts state={state} actions={props.actions} />
    </TextContext.Provider>
  );
}

/** What the window is called: the room, or the page inside the house. */
function titleOf({ phase, me, route, visit }: AppState, { t }: Text): string | undefined {
  if (phase !== "inside" || me?.membership !== "member") return undefined;
  if (route.view === "room") return visit?.state?.room.title;
  return route.view in TITLES ? t(TITLES[route.view as keyof typeof TITLES]) : undefined;
}

/** Moves the focus and leaves the address alone: it names the view. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function View({ state, actions, onLocale }: PageProps) {
  if (state.phase === "starting") return <DoorMessage busy />;
  if (state.phase === "unreachable") return <DoorMessage online={state.online} />;
  if (state.phase === "signed_out" || state.me === null) {
    return (
      <SignIn
        founder={state.founderToken !== null}
        held={state.held}
        invitations={actions.invitations}
        account={actions.account}
        region={state.region}
        onRequestCode={actions.entrance.requestCode}
        onVerify={actions.entrance.verify}
        onLocale={onLocale}
      />
    );
  }
  if (state.connection.state === "closed") return <Closed {...{ state, actions }} />;
  if (state.me.membership === "waiting") {
    return (
      <>
        <ConnectionBanner {...state} voice={null} weakness={null} />
        <Waiting
          name={state.me.name}
          held={state.held}
          invitations={actions.invitations}
          push={state.push}
          actions={actions.push}
          onWithdraw={actions.withdrawKnock}
          onSignOut={actions.entrance.signOut}
          onLocale={onLocale}
        />
      </>
    );
  }
  return <Inside {...{ state, actions, onLocale }} me={state.me} />;
}

function Closed({ state, actions }: Pick<PageProps, "state" | "actions">) {
  const { t } = useText();
  const code = state.connection.state === "closed" ? state.connection.code : null;
  const replaced = code === "replaced";
  return (
    <div class="view door" data-testid="closed" data-code={code}>
      <main id="content" tabIndex={-1}>
        <h1>{replaced ? t("connection.replaced") : t("connection.closed")}</h1>
        <p role="alert">
          {replaced ? t("connection.replaced_text") : code !== null && t(`problem.${code}`)}
        </p>
        <button type="button" class="button" onClick={actions.resume}>
          {t("connection.resume")}
        </button>
      </main>
    </div>
  );
}
