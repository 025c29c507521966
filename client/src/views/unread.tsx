/** How many written lines one has not seen, as a number that is read out as a sentence. */

import { unread } from "../talk";
import { useText } from "./language";
import { useTalk } from "./talk-context";

export function Unread({ count }: { count: number }) {
  const { t, number } = useText();
  if (count === 0) return null;
  return (
    <b class="unread" data-testid="unread">
      <span aria-hidden="true">{number(count)}</span>
      <span class="hidden">{t("chat.unread", { count })}</span>
    </b>
  );
}

export function useUnread(): number {
  const { talk, myId } = useTalk();
  return unread(talk, myId);
}
