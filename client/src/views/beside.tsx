/** What is at hand beside the voice: the chat, where it is no tab, and reactions. */

import { ChatIcon } from "./icons";
import { useText } from "./language";
import { Crowd, React } from "./reactions";
import { useTalk } from "./talk-context";
import { Unread, useUnread } from "./unread";
import { useWide } from "./wide";

export function Beside() {
  const wide = useWide();
  return (
    <>
      <div class="beside">
        {!wide && <ChatButton />}
        <React />
      </div>
      <Crowd />
    </>
  );
}

function ChatButton() {
  const { t } = useText();
  const { actions } = useTalk();
  const count = useUnread();
  const unread = count > 0 ? `, ${t("chat.unread", { count })}` : "";
  return (
    <button
      type="button"
      class="icon-button chat-button"
      aria-label={`${t("chat.title")}${unread}`}
      aria-haspopup="dialog"
      onClick={() => actions?.setReading(true)}
    >
      <ChatIcon />
      <Unread count={count} />
    </button>
  );
}
