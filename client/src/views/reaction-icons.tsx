/** The five reactions as pictures of this page: the wire has their names only. */

import type { ReactionName } from "../protocol.gen";

const DRAWN: Readonly<Record<ReactionName, preact.ComponentChildren>> = {
  clap: (
    <>
      <path
        class="skin"
        d="M6.500 15.500l-2-4a1.200 1.200 0 0 1 2.100-1.100l1 1.700-1.700-4.600a1.200 1.200 0 0 1 2.200-.900l2 4.300-1-4.900a1.200 1.200 0 0 1 2.300-.500l1.300 5 .100-2.600a1.200 1.200 0 0 1 2.400 0l.300 5.300c.200 3.700-1.900 6.500-4.700 6.900-1.900.300-3.300-1.100-4.300-4.600z"
      />
      <path class="spark" d="M17.500 4.500l1.500-2M20 8.500l2.300-.700M14.800 3.300L15 1" />
    </>
  ),
  heart: <path class="warm" d="M12 20.500S3.500 15.300 3.500 9.300A4.700 4.700 0 0 1 12 6.600a4.700 4.700 0 0 1 8.500 2.700c0 6-8.500 11.200-8.500 11.200z" />,
  laugh: (
    <>
      <circle class="skin" cx="12" cy="12" r="9" />
      <path class="mark" d="M7 10.200c.600-1 2-1 2.600 0M14.400 10.200c.600-1 2-1 2.600 0" />
      <path class="mouth" d="M7 13.500h10a5 5 0 0 1-10 0z" />
    </>
  ),
  wow: (
    <>
      <circle class="skin" cx="12" cy="12" r="9" />
      <circle class="dot" cx="8.800" cy="9.800" r="1.200" />
      <circle class="dot" cx="15.200" cy="9.800" r="1.200" />
      <ellipse class="mouth" cx="12" cy="15.500" rx="2.200" ry="2.800" />
    </>
  ),
  agree: (
    <>
      <circle class="calm" cx="12" cy="12" r="9" />
      <path class="tick" d="M7.800 12.300l3 3 5.500-6" />
    </>
  ),
};

export function ReactionIcon({ reaction }: { reaction: ReactionName }) {
  return (
    <svg class={`reaction-icon ${reaction}`} viewBox="0 0 24 24" aria-hidden="true">
      {DRAWN[reaction]}
    </svg>
  );
}
