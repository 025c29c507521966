/**
 * What is shown outside the page: a pushed message → the words and behaviour of a notification.
 *
 * Pure. Both the service worker and a page that nobody looks at use it.
 */

import { alerts as en } from "./i18n/en/alerts";
import { alerts as ko } from "./i18n/ko/alerts";
import type { KnockPushed, PushPayload } from "./protocol.gen";

const TEXTS: Record<KnockPushed["language"], Record<keyof typeof en, string>> = { en, ko };
export const LET_IN = "let_in";
export const KNOCK_TAG = "knock-";
export const PING_TAG = "ping-";
export const PLAN_TAG = "plan-";
export const ADMITTED_TAG = "admitted";

/** Part of what `showNotification` takes; the DOM's own type lacks `actions`. */
export interface AlertOptions extends NotificationOptions {
  readonly actions?: readonly { readonly action: string; readonly title: string }[];
}

export interface Alert {
  readonly title: string;
  readonly options: AlertOptions;
}

/** The notification of a message. One with the same tag replaces the older one. */
export function alertOf(payload: PushPayload): Alert {
  const text = TEXTS[payload.language];
  const { language: lang } = payload;
  switch (payload.type) {
    case "knock_pushed":
      return {
        title: text["alert.knock"].replace("{name}", () => payload.name),
        options: {
          lang,
          body: text["alert.knock_text"],
          tag: KNOCK_TAG + payload.knockId,
          actions: [{ action: LET_IN, title: text["alert.let_in"] }],
        },
      };
    case "admission_pushed":
      return {
        title: text["alert.admitted"],
        options: { lang, body: text["alert.admitted_text"], tag: ADMITTED_TAG },
      };
    case "ping_pushed":
      return {
        title: text["alert.ping"].replace("{name}", () => payload.name),
        options: {
          lang,
          body: payload.title,
          tag: PING_TAG + payload.roomId,
          data: { roomId: payload.roomId },
        },
      };
    case "reminder_pushed":
      return {
        title: payload.title,
        options: {
          lang,
          body: text[`alert.${payload.news}`],
          tag: PLAN_TAG + payload.scheduledId,
          ...(payload.roomId === null ? {} : { data: { roomId: payload.roomId } }),
        },
      };
    default:
      return payload satisfies never;
  }
}

/** Browsers insist that every push is shown, even one that this version does not understand. */
export function unknownAlert(languages: readonly string[]): Alert {
  const lang = languages[0]?.startsWith("ko") ? "ko" : "en";
  return { title: TEXTS[lang]["alert.other"], options: { lang, tag: "other" } };
}

/** A pushed message as it arrived, or null where it is none that this version knows. */
export function payloadOf(text: string | undefined): PushPayload | null {
  if (text === undefined) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isPayload(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isNews(news: unknown): boolean {
  return typeof news === "string" && Object.hasOwn(en, `alert.${news}`);
}

function isPayload(value: unknown): value is PushPayload {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  const { type, language, name, knockId, roomId, title, scheduledId, news } = fields;
  if (typeof language !== "string" || !Object.hasOwn(TEXTS, language)) return false;
  if (type === "admission_pushed") return true;
  if (type === "ping_pushed") {
    return [roomId, title, name].every((field) => typeof field === "string");
  }
  if (type === "reminder_pushed") {
    return [title, scheduledId].every((field) => typeof field === "string") && isNews(news);
  }
  return type === "knock_pushed" && typeof name === "string" && typeof knockId === "string";
}
