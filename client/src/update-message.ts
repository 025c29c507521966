/** What a page tells a version that waits: its reader wants it now. */
export const TAKE_OVER = "take_over";
