/** What just happened, said once, and to screen readers too. */

import type { ComponentChildren } from "preact";
import type { Text } from "../i18n/text";
import type { Notice, ShownNotice } from "../state";
import { CloseIcon } from "./icons";
import { useText } from "./language";

export interface NoticesProps {
  readonly notices: readonly ShownNotice[];
  readonly onDismiss: (id: number) => void;
  /** Toasts that are answered in place. */
  readonly children?: ComponentChildren;
}

export function Notices({ notices, onDismiss, children }: NoticesProps) {
  const text = useText();
  return (
    <div class="notices" role="status" aria-live="polite" aria-label={text.t("app.notices")}>
      {notices.map(({ id, notice }) => (
        <div key={id} class={`notice ${notice.kind}`} data-testid="notice">
          <span>{noticeText(text, notice)}</span>
          <button
            type="button"
            class="icon-button plain"
            aria-label={text.t("app.dismiss")}
            onClick={() => onDismiss(id)}
          >
            <CloseIcon />
          </button>
        </div>
      ))}
      {children}
    </div>
  );
}

function noticeText({ t }: Text, notice: Notice): string {
  switch (notice.kind) {
    case "problem":
      return t(`problem.${notice.code}`);
    case "missed":
      return `${t("missed.title")} ${notice.what.map((what) => t(`missed.${what}`)).join(" · ")}`;
    case "knocked":
      return t("notice.knocked", { name: notice.name });
    case "let_in":
    case "blocked":
    case "unblocked":
      return t(`notice.${notice.kind}`, { name: notice.name });
    default:
      return t(`notice.${notice.kind}`);
  }
}
