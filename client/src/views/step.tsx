/** A step in place of the one before: its title takes the focus, so that it is heard and seen. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export interface StepFrameProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

export function StepFrame({ title, children }: StepFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="stack">
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {children}
    </div>
  );
}
