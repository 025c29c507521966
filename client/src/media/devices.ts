/**
 * The microphones and loudspeakers of this device, and whether another microphone is due.
 *
 * Owns nothing; asks the browser. Names are empty until the microphone was allowed once.
 */

export interface Device {
  readonly id: string;
  readonly name: string;
}

export interface Devices {
  readonly microphones: readonly Device[];
  readonly loudspeakers: readonly Device[];
}

export const NO_DEVICES: Devices = { microphones: [], loudspeakers: [] };

/** What a browser lists for the system's own choice, besides the device itself. */
const ALIASES: ReadonlySet<string> = new Set(["", "default", "communications"]);

/** Those that can be chosen by name. */
export async function listDevices(): Promise<Devices> {
  if (typeof navigator.mediaDevices?.enumerateDevices !== "function") return NO_DEVICES;
  return named(await navigator.mediaDevices.enumerateDevices());
}

export type ListedDevice = Pick<MediaDeviceInfo, "kind" | "deviceId" | "groupId" | "label">;

export function named(listed: readonly ListedDevice[]): Devices {
  const of = (kind: MediaDeviceKind): Device[] =>
    listed
      .filter((device) => device.kind === kind && device.label !== "" && !ALIASES.has(device.deviceId))
      .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
  return { microphones: of("audioinput"), loudspeakers: of("audiooutput") };
}

/** The microphone that is open now, by its track's settings. */
export interface OpenDevice {
  readonly deviceId: string | undefined;
  readonly groupId: string | undefined;
}

/** Whether the microphone must be opened anew after devices came or went. */
export function anotherIsDue(
  open: OpenDevice,
  chosenId: string,
  listed: readonly ListedDevice[],
): boolean {
  const microphones = listed.filter((device) => device.kind === "audioinput");
  const has = (id: string | undefined) => microphones.some((device) => device.deviceId === id);
  if (chosenId !== "" && has(chosenId)) return open.deviceId !== chosenId;
  if (open.deviceId !== undefined && !has(open.deviceId)) return true;
  // The system's choice moved to another device, for example to the headset that just came.
  const system = microphones.find((device) => device.deviceId === "default");
  return system !== undefined && open.groupId !== undefined && system.groupId !== open.groupId;
}
