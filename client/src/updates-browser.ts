/** The browser's own part of new versions: the service worker that waits. */

import { SERVICE_WORKER } from "./push-browser";
import { TAKE_OVER } from "./update-message";
import type { VersionBrowser } from "./updates";

/** Versions as service workers tell them; nothing is found where there are none. */
export function versionsOfBrowser(workers: ServiceWorkerContainer | undefined): VersionBrowser {
  let registration: ServiceWorkerRegistration | null = null;
  return {
    async watch(onWaiting) {
      if (workers === undefined) return async () => undefined;
      try {
        registration = await workers.register(SERVICE_WORKER, { scope: "/" });
      } catch (error) {
        if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
        return async () => undefined; // private windows, no network: the page works without
      }
      const found = registration;
      // The first version of all waits for nobody: there is no old page.
      const tell = () => {
        if (found.waiting !== null && workers.controller !== null) onWaiting();
      };
      found.addEventListener("updatefound", () => {
        found.installing?.addEventListener("statechange", tell);
      });
      tell();
      return async () => {
        try {
          await found.update();
        } catch (error) {
          if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
        }
      };
    },
    takeOver(onTaken) {
      const waiting = registration?.waiting ?? null;
      // Another tab took it already: this one is served by it as soon as it is loaded anew.
      if (waiting === null) return onTaken();
      workers?.addEventListener("controllerchange", onTaken, { once: true });
      waiting.postMessage({ type: TAKE_OVER });
    },
    reload: () => location.reload(),
  };
}
