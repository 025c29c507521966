/** Captions and chat: side by side as tabs where there is room, the chat as a sheet on a phone. */

import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { Chat, type ChatProps } from "./chat";
import { Dialog } from "./dialog";
import { useText } from "./language";
import { TalkTold } from "./reactions";
import { useTalk } from "./talk-context";
import { Unread, useUnread } from "./unread";
import { useWide } from "./wide";

export interface WordsProps extends ChatProps {
  /** The captions. */
  readonly children: ComponentChildren;
}

export function Words({ children, ...chat }: WordsProps) {
  const wide = useWide();
  const { talk, actions } = useTalk();
  const { reading } = talk;
  const setReading = (now: boolean) => actions?.setReading(now);
  return (
    <>
      {wide ? (
        <Tabs reading={reading} onReading={setReading} captions={children} chat={chat} />
      ) : (
        <>
          {children}
          {reading && <Sheet {...chat} onClose={() => setReading(false)} />}
        </>
      )}
      <TalkTold turns={!reading} />
    </>
  );
}

interface TabsProps {
  readonly reading: boolean;
  readonly onReading: (reading: boolean) => void;
  readonly captions: ComponentChildren;
  readonly chat: ChatProps;
}

function Tabs({ reading, onReading, captions, chat }: TabsProps) {
  const { t } = useText();
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const tab = (mine: boolean, name: string, count: number) => (
    <button
      type="button"
      role="tab"
      class="word-tab"
      id={`${id}-${mine ? "chat" : "captions"}`}
      aria-selected={reading === mine}
      aria-controls={`${id}-panel-${mine ? "chat" : "captions"}`}
      tabIndex={reading === mine ? 0 : -1}
      onClick={() => onReading(mine)}
    >
      {name}
      <Unread count={count} />
    </button>
  );
  const turn = (event: KeyboardEvent) => {
    if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const next = event.key === "Home" ? false : event.key === "End" ? true : !reading;
    onReading(next);
    list.current?.querySelectorAll("button")[next ? 1 : 0]?.focus();
  };
  return (
    <>
      <div class="word-tabs" role="tablist" aria-label={t("words.title")} ref={list} onKeyDown={turn}>
        {tab(false, t("captions.title"), 0)}
        {tab(true, t("chat.title"), useUnread())}
      </div>
      <div
        role="tabpanel"
        id={`${id}-panel-captions`}
        aria-labelledby={`${id}-captions`}
        hidden={reading}
      >
        {captions}
      </div>
      <div
        role="tabpanel"
        id={`${id}-panel-chat`}
        aria-labelledby={`${id}-chat`}
        hidden={!reading}
      >
        {reading && <Chat {...chat} />}
      </div>
    </>
  );
}

function Sheet({ onClose, ...chat }: ChatProps & { onClose: () => void }) {
  const { t } = useText();
  return (
    <Dialog title={t("chat.title")} sheet onClose={onClose}>
      <Chat {...chat} />
      <button type="button" class="button quiet" onClick={onClose}>
        {t("app.close")}
      </button>
    </Dialog>
  );
}
