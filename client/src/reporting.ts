/** Reports about the room one is in, with what happened there. Keeps nothing. */

import type { ReportReason, RoomLogEntry } from "./protocol.gen";
import { CommandError, type Signalling } from "./signalling";
import type { ProblemCode } from "./state";

export interface RoomReportDraft {
  readonly reason: ReportReason;
  readonly statement: string;
  readonly withLog: boolean;
}

export class Reporting {
  readonly #signalling: Pick<Signalling, "request">;

  constructor(signalling: Pick<Signalling, "request">) {
    this.#signalling = signalling;
  }

  /** What a report would tell of the room now: exactly this is sent along. Null: it cannot be had. */
  log = async (): Promise<readonly RoomLogEntry[] | null> => {
    try {
      return (await this.#signalling.request({ type: "get_room_log" })).entries;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return null;
    }
  };

  /** Tell the admins about the room; answers null, or why not. */
  reportRoom = async (draft: RoomReportDraft): Promise<ProblemCode | null> => {
    try {
      await this.#signalling.request({ type: "report_room", ...draft });
      return null;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return error.code;
    }
  };
}
