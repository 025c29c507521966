/** What is said for a moment at the edge of the page. Owns `notices`. */

import type { AppState, Notice } from "./state";
import type { Store } from "./store";

const NOTICE_MS = 6_000;
const NOTICES_MAX = 3;

export class NoticeBoard {
  readonly #store: Store<AppState>;
  #next = 1;

  constructor(store: Store<AppState>) {
    this.#store = store;
  }

  /** Say it, and take it down after a while; the oldest make room. */
  tell = (notice: Notice): void => {
    const id = this.#next++;
    const shown = [...this.#store.get().notices, { id, notice }].slice(-NOTICES_MAX);
    this.#store.patch({ notices: shown });
    setTimeout(() => this.dismiss(id), NOTICE_MS);
  };

  dismiss = (id: number): void => {
    this.#store.patch({ notices: this.#store.get().notices.filter((n) => n.id !== id) });
  };
}
