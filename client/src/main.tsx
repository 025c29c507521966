/** Puts the page together: state, actions, views, and the browser's own events. */

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { App } from "./app";
import { loadText } from "./i18n/load";
import { chooseLocale, chooseRegion, type Locale, type Text } from "./i18n/text";
import { takeLink } from "./links";
import { watchKeys } from "./keys";
import { RoomOnDevice } from "./room-on-device";
import { routeOf } from "./route";
import { INTO_ROOM, TO_THE_DOOR } from "./house-window";
import { passkeysOfBrowser } from "./passkey-browser";
import { realBrowser } from "./push-browser";
import { saveFile } from "./save-file";
import { initialState, type AppState } from "./state";
import { takeShared } from "./shared-text";
import { Store } from "./store";
import { versionsOfBrowser } from "./updates-browser";
import { Page } from "./views/page";
import { watchWaking } from "./waking";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/hallway.css";
import "./styles/seats.css";
import "./styles/people.css";
import "./styles/room.css";
import "./styles/plans.css";
import "./styles/scribe.css";
import "./styles/sound.css";
import "./styles/stage.css";
import "./styles/talk.css";
import "./styles/shell.css";

const LOCALE_KEY = "masil.locale";
/** Where not even the words came. */
const NOT_LOADED = "Masil did not load. Please try again. · 마실을 불러오지 못했어요. 다시 열어 주세요.";

function socketAddress(): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
}

interface RootProps {
  readonly store: Store<AppState>;
  readonly app: App;
  /** In the language to start with. */
  readonly first: Text;
}

function Root({ store, app, first }: RootProps) {
  const [state, setState] = useState(store.get());
  const [text, setText] = useState(first);
  useEffect(() => {
    setState(store.get()); // what changed between the first drawing and this effect
    return store.subscribe(() => setState(store.get()));
  }, [store]);
  const remember = (choice: Locale) => {
    localStorage.setItem(LOCALE_KEY, choice);
    void loadText(choice).then(
      (chosen) => {
        setText(chosen);
        // What is pushed follows, once the page speaks it.
        setTimeout(() => void app.push.languageChanged());
      },
      (error: unknown) => {
        if (!(error instanceof TypeError)) throw error;
        app.tell({ kind: "problem", code: "connection_lost" }); // it speaks as before meanwhile
      },
    );
  };
  return <Page state={state} actions={app} text={text} onLocale={remember} />;
}

/** The Network Information API, where the browser has it. */
function networkInformation(): EventTarget | undefined {
  return (navigator as Navigator & { connection?: EventTarget }).connection;
}

async function main(root: HTMLElement): Promise<void> {
  const link = takeLink(location, history, sessionStorage);
  const shared = takeShared(location, history);
  const state = { ...initialState(routeOf(location), link, chooseRegion(navigator.languages)), shared, online: navigator.onLine };
  const store = new Store(state);
  const app = new App({
    store,
    openSocket: () => new WebSocket(socketAddress()),
    loudspeakers: document.body,
    storage: localStorage,
    sessionStorage,
    passkeyBrowser: passkeysOfBrowser(location),
    save: saveFile,
    pushBrowser: realBrowser,
    versions: versionsOfBrowser(navigator.serviceWorker),
    language: () => chooseLocale(document.documentElement.lang, []),
  });
  const locale = chooseLocale(localStorage.getItem(LOCALE_KEY), navigator.languages);
  const first = await loadText(locale).catch((error: unknown) => {
    if (!(error instanceof TypeError)) throw error;
    return null;
  });
  if (first === null) {
    root.append(NOT_LOADED);
    return;
  }
  render(<Root store={store} app={app} first={first} />, root);
  addEventListener("popstate", app.followLocation);
  addEventListener("pagehide", app.close);
  addEventListener("online", app.networkBack);
  addEventListener("offline", app.networkGone);
  networkInformation()?.addEventListener("change", app.networkChanged);
  navigator.serviceWorker?.addEventListener("message", ({ data }: MessageEvent<{ type?: unknown; roomId?: string }>) => {
    if (data.type === TO_THE_DOOR) app.toTheDoor();
    if (data.type === INTO_ROOM && data.roomId !== undefined) {
      app.go({ view: "room", roomId: data.roomId });
    }
  });
  watchWaking(window, app.wake);
  watchKeys(window, {
    choices: () => app.sound.choices,
    inRoom: () => store.get().visit?.status === "inside",
    act: app.pressed,
  });
  const device = new RoomOnDevice(document, navigator, app);
  navigator.mediaDevices?.addEventListener("devicechange", app.sound.devicesChanged);
  store.subscribe(() => device.follow(store.get()));
  void app.entrance.start();
  void app.updates.start();
}

const root = document.getElementById("app");
if (root !== null) void main(root);
