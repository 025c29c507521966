/**
 * How this person speaks and hears: choices that stay on the device, and trying them out.
 *
 * Owns its part of the state and the microphone that is open while it is tried. Never tells
 * anybody what was chosen; the visit to a room follows it.
 */

import { capturedOtherwise, SoundChoiceStore, USUAL, withVolume, type SoundChoices } from "./media/choices";
import { listDevices, NO_DEVICES, type Devices } from "./media/devices";
import { Microphone, MicrophoneError, type MicrophoneProblem } from "./media/microphone";
import { playTone } from "./media/tone";
import type { AppState } from "./state";
import type { Store } from "./store";

export type SoundView = "settings" | "shortcuts";

export interface SoundState {
  readonly choices: SoundChoices;
  readonly devices: Devices;
  /** Which dialog is open. */
  readonly shown: SoundView | null;
  /** The microphone is being tried. */
  readonly trying: boolean;
  readonly problem: MicrophoneProblem | null;
}

export const USUAL_SOUND: SoundState = {
  choices: USUAL,
  devices: NO_DEVICES,
  shown: null,
  trying: false,
  problem: null,
};

export interface SoundDependencies {
  readonly store: Store<AppState>;
  readonly kept: SoundChoiceStore;
  readonly loudspeakers: HTMLElement;
  /** The visit to a room takes other choices. */
  readonly follow: (choices: SoundChoices) => void;
  /** How loud the microphone of the visit is; null where it is closed. */
  readonly visitLevel: () => number | null;
}

export class Sound {
  readonly #deps: SoundDependencies;
  readonly #tried: Microphone;

  constructor(deps: SoundDependencies) {
    this.#deps = deps;
    this.#tried = new Microphone(() => this.choices, {
      onReplaced: () => {},
      onLost: () => this.#patch({ trying: false, problem: "busy" }),
    });
    this.#patch({ choices: deps.kept.read() });
  }

  get choices(): SoundChoices {
    return this.#state.choices;
  }

  show = (shown: SoundView | null): void => {
    if (shown !== "settings") this.endTrying();
    this.#patch({ shown });
    if (shown === "settings") void this.lookForDevices();
  };

  change = (fields: Partial<SoundChoices>): void => this.#choose({ ...this.choices, ...fields });

  /** The microphone was tried, or used: the offer to try it has done its work. */
  used = (): void => {
    if (!this.choices.tried) this.change({ tried: true });
  };

  setVolume = (memberId: string, volume: number): void => {
    this.#choose(withVolume(this.choices, memberId, volume));
  };

  /** Whose volume was changed is nobody's business after signing out. */
  forgetPeople = (): void => this.#choose({ ...this.choices, volumes: {} });

  lookForDevices = async (): Promise<void> => this.#patch({ devices: await listDevices() });

  /** A loudspeaker that was chosen may be back. */
  devicesChanged = (): void => {
    this.#deps.follow(this.choices);
    if (this.#state.shown === "settings") void this.lookForDevices();
  };

  /** Open the microphone for its level only; nobody hears it. */
  tryMicrophone = async (): Promise<void> => {
    this.#patch({ problem: null });
    try {
      if (this.#deps.visitLevel() === null) await this.#tried.open();
    } catch (error) {
      if (!(error instanceof MicrophoneError)) throw error;
      this.#patch({ problem: error.code });
      return;
    }
    if (this.#state.shown !== "settings") return this.#tried.close();
    this.#patch({ trying: true });
    this.used();
    await this.lookForDevices(); // they have names now
  };

  endTrying = (): void => {
    this.#tried.close();
    this.#patch({ trying: false, problem: null });
  };

  /** How loud what is tried is now: root mean square, 0 to 1. */
  level = (): number => this.#deps.visitLevel() ?? this.#tried.level();

  playTone = (): Promise<void> => playTone(this.#deps.loudspeakers, this.choices.loudspeakerId);

  get #state(): SoundState {
    return this.#deps.store.get().sound;
  }

  #choose(choices: SoundChoices): void {
    const before = this.choices;
    this.#patch({ choices });
    this.#deps.kept.save(choices);
    this.#deps.follow(choices);
    if (capturedOtherwise(before, choices)) void this.#tryAnew();
  }

  async #tryAnew(): Promise<void> {
    try {
      await this.#tried.reopen();
    } catch (error) {
      if (!(error instanceof MicrophoneError)) throw error;
      this.#patch({ problem: error.code });
    }
  }

  #patch(fields: Partial<SoundState>): void {
    this.#deps.store.patch({ sound: { ...this.#state, ...fields } });
  }
}
