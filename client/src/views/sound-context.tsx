/** The own sound, at hand for every part of a room that shows or changes some of it. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { USUAL_SOUND, type Sound, type SoundState } from "../sound";

export interface SoundHere {
  readonly sound: SoundState;
  readonly actions: Sound | null;
}

export const SoundContext = createContext<SoundHere>({ sound: USUAL_SOUND, actions: null });

export const useSound = (): SoundHere => useContext(SoundContext);
