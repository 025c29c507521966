/**
 * The service worker, at `/sw.js`: shows what is pushed, and leads back to the page.
 *
 * Owns no state. Never fetches anything, and keeps nothing of what it shows.
 */

import { alertOf, payloadOf, unknownAlert } from "./alert";
import { openHouse } from "./house-window";

declare const self: ServiceWorkerGlobalScope;

// A new version takes over at once: an old one could not read what a new gate pushes.
self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

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
