/** The scribe's desk, for every view of a room. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { CaptionsEngine } from "../protocol.gen";
import { NO_DESK, type Desk, type DeskState } from "../desk";

export interface AtDesk {
  readonly desk: DeskState;
  readonly actions: Desk | null;
  readonly engine: CaptionsEngine;
  readonly onReceipts: () => void;
}

export const DeskContext = createContext<AtDesk>({
  desk: NO_DESK,
  actions: null,
  engine: { state: "loading", detail: "", progress: null, device: null, languages: [] },
  onReceipts: () => undefined,
});

export const useDesk = (): AtDesk => useContext(DeskContext);
