/** What a gate's event says to somebody who does not look at the page: event → payload, pure. */

import type { HallwayEvent } from "./hallway";
import type { Locale } from "./i18n/text";
import type { PushPayload } from "./protocol.gen";

/** The same that the gate pushes where no page is open; `null`: this is not worth a notification. */
export function pushOf(event: HallwayEvent, language: Locale): PushPayload | null {
  switch (event.type) {
    case "admitted":
      return { type: "admission_pushed", language };
    case "knocked":
      return { type: "knock_pushed", language, ...event.knock };
    case "pinged": {
      const { roomId, title, by } = event;
      return { type: "ping_pushed", roomId, title, name: by.name, language };
    }
    case "reminded": {
      const { scheduled, roomId, news } = event;
      const { scheduledId, title } = scheduled;
      return { type: "reminder_pushed", scheduledId, title, roomId, news, language };
    }
    default:
      return null;
  }
}
