/**
 * The service worker, at `/sw.js`: shows what is pushed, leads back to the page, opens it offline.
 *
 * Keeps built files only (`offline.ts`), and nothing of what it shows.
 */

import { alertOf, payloadOf, unknownAlert } from "./alert";
import { openHouse } from "./house-window";
import { OfflineShell, sourceOf, type Built } from "./offline";
import { TAKE_OVER } from "./update-message";

declare const self: ServiceWorkerGlobalScope;
/** Written in by the build: see `build/assets.ts`. */
declare const BUILT: Built;

const shell = new OfflineShell(BUILT, caches, (input, init) => fetch(input, init));

// A new version waits until its reader says so, or until no page of the old one is open: a page
// must find the parts that it was built with.
self.addEventListener("install", (event) => event.waitUntil(shell.keep()));
self.addEventListener("message", ({ data }) => {
  if ((data as { type?: unknown } | null)?.type === TAKE_OVER) void self.skipWaiting();
});
self.addEventListener("activate", (event) =>
  event.waitUntil(Promise.all([shell.forgetOthers(), self.clients.claim()])),
);

self.addEventListener("fetch", (event) => {
  const source = sourceOf(event.request, self.location.origin, BUILT);
  if (source !== null) event.respondWith(shell.answer(event.request, source));
});

self.addEventListener("push", (event) => {
  const payload = payloadOf(event.data?.text());
  const alert = payload === null ? unknownAlert(navigator.languages) : alertOf(payload);
  event.waitUntil(self.registration.showNotification(alert.title, alert.options as NotificationOptions));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { roomId } = (event.notification.data ?? {}) as { roomId?: string };
  event.waitUntil(openHouse(self.clients, roomId));
});
