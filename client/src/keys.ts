/**
 * The keyboard in a room: M for the microphone, a key that is held to talk, ? for the list of them.
 *
 * Owns whether the key to talk is down. Nothing happens while somebody types, while a dialog is
 * open, with Ctrl, Alt or Meta, or where single keys are switched off (WCAG 2.1.4).
 */

import type { SoundChoices } from "./media/choices";

export const MICROPHONE_KEY = "KeyM";

export type KeyAction = "microphone" | "hold" | "release" | "shortcuts";

/** What is looked at of a keyboard event. */
export interface Stroke {
  readonly down: boolean;
  readonly code: string;
  readonly key: string;
  readonly repeat: boolean;
  /** Ctrl, Alt or Meta is held. */
  readonly modified: boolean;
  readonly where: "field" | "control" | "microphone" | "page";
  /** A dialog is open. */
  readonly asked: boolean;
}

type Keys = Pick<SoundChoices, "pushToTalk" | "talkKey" | "shortcuts">;

/** What a stroke does; null where it is not for us. `held`: the key to talk is down. */
export function actionOf(stroke: Stroke, keys: Keys, held: boolean): KeyAction | null {
  const talk = stroke.code === keys.talkKey;
  if (!stroke.down) return talk && held ? "release" : null;
  if (stroke.modified || stroke.asked || stroke.where === "field") return null;
  if (talk && keys.pushToTalk) return isForControl(stroke) ? null : "hold";
  if (!keys.shortcuts || stroke.repeat) return null;
  if (stroke.code === MICROPHONE_KEY) return "microphone";
  return stroke.key === "?" ? "shortcuts" : null;
}

/** Space and Enter press a button that has the focus; but the microphone's button is to talk. */
function isForControl({ code, where }: Stroke): boolean {
  return where === "control" && (code === "Space" || code === "Enter");
}

const NEVER: ReadonlySet<string> = new Set([
  ...["Escape", "Tab", "Enter", "NumpadEnter", "Slash", "", "Unidentified", MICROPHONE_KEY],
  ...["ShiftLeft", "ShiftRight", "ControlLeft", "ControlRight", "AltLeft", "AltRight"],
  ...["MetaLeft", "MetaRight", "CapsLock", "ContextMenu"],
]);

/** Whether a key may be held to talk. */
export function mayBeHeld(code: string): boolean {
  return !NEVER.has(code) && !code.startsWith("Arrow");
}

/** A key's name as it is printed on it, as far as its code tells. */
export function keyName(code: string): string {
  return code.replace(/^(Key|Digit)(?=.$)/, "");
}

export interface KeyEvents {
  readonly choices: () => Keys;
  /** Whether this page is in a room; elsewhere no key does anything. */
  readonly inRoom: () => boolean;
  readonly act: (action: KeyAction) => void;
}

/** Listen for as long as the page is there. */
export function watchKeys(page: Window, events: KeyEvents): void {
  let held = false;
  const release = () => {
    if (held) events.act("release");
    held = false;
  };
  const follow = (down: boolean) => (event: KeyboardEvent) => {
    if (event.isComposing || !events.inRoom()) return;
    const action = actionOf(strokeOf(event, down, page.document), events.choices(), held);
    if (action === null) return;
    event.preventDefault(); // Space would scroll, or press the microphone's button
    if (action === "release") return release();
    if (action === "hold" && held) return;
    held ||= action === "hold";
    events.act(action);
  };
  page.addEventListener("keydown", follow(true));
  page.addEventListener("keyup", follow(false));
  // The key may be let go where this page does not see it.
  page.addEventListener("blur", release);
  page.document.addEventListener("visibilitychange", release);
}

function strokeOf(event: KeyboardEvent, down: boolean, page: Document): Stroke {
  const { code, key, repeat } = event;
  return {
    ...{ down, code, key, repeat },
    modified: event.ctrlKey || event.altKey || event.metaKey,
    where: whereIs(event.target),
    asked: page.querySelector("dialog[open]") !== null,
  };
}

function whereIs(target: EventTarget | null): Stroke["where"] {
  if (!(target instanceof HTMLElement)) return "page";
  if (target.isContentEditable || target.closest("input, textarea, select") !== null) return "field";
  if (target.closest("[data-microphone]") !== null) return "microphone";
  return target.closest("button, a, summary, [role=button], [role=tab]") === null ? "page" : "control";
}
