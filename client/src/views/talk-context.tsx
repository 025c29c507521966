/** The talk beside the voices, at hand for every part of a room that shows some of it. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { NO_TALK, type TalkState } from "../talk";
import type { Reporting } from "../reporting";
import type { Talking } from "../talking";

export interface Talk {
  readonly talk: TalkState;
  readonly actions: Talking | null;
  readonly reporting: Reporting | null;
  readonly myId: string;
}

export const TalkContext = createContext<Talk>({
  talk: NO_TALK,
  actions: null,
  reporting: null,
  myId: "",
});

export const useTalk = (): Talk => useContext(TalkContext);
