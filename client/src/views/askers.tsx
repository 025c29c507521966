/** People who ask for something, in order: each with the one answer that a host can give. */

import type { ParticipantView } from "../protocol.gen";
import { Face } from "./face";
import { PersonButton } from "./person-button";

export interface AskersProps {
  /** The longest waiting first. */
  readonly people: readonly ParticipantView[];
  readonly answer: string;
  /** The same, for whoever does not see beside whom it stands. */
  readonly answerTo: (name: string) => string;
  readonly onAnswer: (memberId: string) => void;
}

export function Askers({ people, answer, answerTo, onAnswer }: AskersProps) {
  return (
    <ol>
      {people.map(({ memberId, name }) => (
        <li key={memberId} class="row">
          <span class="grow">
            <PersonButton memberId={memberId} name={name}>
              <Face memberId={memberId} name={name} />
              <span class="who">{name}</span>
            </PersonButton>
          </span>
          <button
            type="button"
            class="button small-button"
            aria-label={answerTo(name)}
            onClick={() => onAnswer(memberId)}
          >
            {answer}
          </button>
        </li>
      ))}
    </ol>
  );
}
