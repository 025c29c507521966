/** Why a tap had no effect. */

import type { ProblemCode } from "../state";
import { useText } from "./language";

export function Problem({ code }: { code: ProblemCode | null }) {
  const { t } = useText();
  if (code === null) return null;
  return (
    <p class="problem" role="alert">
      {t(`problem.${code}`)}
    </p>
  );
}
