/**
 * Views that the first page does without: each is a file of its own in the build, fetched when it is
 * opened, or by the service worker before.
 */

import { later } from "./later";

export const Admin = later(async () => (await import("./admin")).Admin);
export const Contacts = later(async () => (await import("./contacts")).Contacts);
export const Data = later(async () => (await import("./data")).Data);
export const Consents = later(async () => (await import("./receipts")).ReceiptsPage);
export const Devices = later(async () => (await import("./devices")).Devices);
export const Invitations = later(async () => (await import("./invitations")).Invitations);
export const Notifications = later(async () => (await import("./notifications")).Notifications);
export const OwnProfileForm = later(async () => (await import("./profile")).OwnProfileForm);
export const People = later(async () => (await import("./people")).People);
export const PersonHere = later(async () => (await import("./person")).PersonHere);
export const PersonPage = later(async () => (await import("./person")).PersonPage);
export const ProfilePage = later(async () => (await import("./profile")).ProfilePage);
export const Room = later(async () => (await import("./room")).Room);
export const Shortcuts = later(async () => (await import("./shortcuts")).Shortcuts);
export const SoundSettings = later(async () => (await import("./sound-settings")).SoundSettings);
export const ScheduledRooms = later(async () => (await import("./scheduled")).ScheduledRooms);
export const Trending = later(async () => (await import("./trending")).Trending);
export const Waiting = later(async () => (await import("./waiting")).Waiting);
export const You = later(async () => (await import("./you")).You);
