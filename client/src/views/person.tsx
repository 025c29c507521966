/** A person: what he tells about himself, and what one may do about him. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ProfileView } from "../protocol.gen";
import type { PersonState, Profiles } from "../profiles";
import type { ProblemCode } from "../state";
import { Face } from "./face";
import { useText } from "./language";
import { PersonButton } from "./person-button";
import { Problem } from "./problem";
import { ReportForm } from "./report";
import { StepFrame } from "./step";
import { Subpage } from "./subpage";

export interface PersonProps {
  readonly memberId: string;
  readonly person: PersonState | null;
  readonly problem: ProblemCode | null;
  readonly actions: Profiles;
  readonly myId: string;
}

export interface PersonPageProps extends PersonProps {
  readonly onEdit: () => void;
  readonly onBack: () => void;
}

/** The person as a page of his own. */
export function PersonPage(props: PersonPageProps) {
  const { t } = useText();
  const person = useLook(props);
  return (
    <Subpage title={person?.profile?.name ?? t("person.title")} onBack={props.onBack}>
      <Person
        {...props}
        person={person}
        inRoom={false}
        foot={
          props.memberId === props.myId && (
            <button type="button" class="button quiet" onClick={props.onEdit}>
              {t("person.edit")}
            </button>
          )
        }
      />
    </Subpage>
  );
}

export interface PersonHereProps extends PersonProps {
  /** What else can be done about the person where he is. */
  readonly inPlace: ComponentChildren;
  readonly onClose: () => void;
}

/** The person in a dialog over the room one is in, which goes on. */
export function PersonHere(props: PersonHereProps) {
  const { t } = useText();
  const person = useLook(props);
  return (
    <Person
      {...props}
      person={person}
      inRoom
      foot={
        <>
          {props.inPlace}
          <button type="button" class="button quiet" onClick={props.onClose}>
            {t("app.close")}
          </button>
        </>
      }
    />
  );
}

/** Asks for the person, and forgets him afterwards; nothing of another one is shown meanwhile. */
function useLook({ memberId, person, actions }: PersonProps): PersonState | null {
  useEffect(() => {
    void actions.look(memberId);
    return actions.lookAway;
  }, [actions, memberId]);
  return person?.memberId === memberId ? person : null;
}

interface CardProps extends PersonProps {
  readonly inRoom: boolean;
  /** What comes below, but for the steps that have a way back of their own. */
  readonly foot: ComponentChildren;
}

function Person(props: CardProps) {
  const { person, memberId } = props;
  if (person?.profile) return <Known {...props} key={memberId} profile={person.profile} />;
  return (
    <div class="stack">
      {person === null ? <Looking /> : <Nobody {...props} person={person} />}
      {props.foot}
    </div>
  );
}

function Looking() {
  const { t } = useText();
  return (
    <p role="status" data-testid="looking">
      {t("person.looking")}
    </p>
  );
}

function Nobody({ person, problem, actions }: CardProps & { person: PersonState }) {
  const { t } = useText();
  const { memberId, blockedName } = person;
  if (person.problem === null) return <Looking />;
  if (person.problem !== "no_such_member") return <Problem code={person.problem} />;
  if (blockedName === null) return <p role="status">{t("person.nobody")}</p>;
  return (
    <>
      <p role="status">{t("person.blocked", { name: blockedName })}</p>
      <Problem code={problem} />
      <button
        type="button"
        class="button quiet"
        aria-label={t("person.unblock_name", { name: blockedName })}
        onClick={() => void actions.block(memberId, blockedName, false)}
      >
        {t("person.unblock")}
      </button>
    </>
  );
}

type Step = "look" | "block" | "report" | "thanks";

function Known(props: CardProps & { profile: ProfileView }) {
  const { profile, actions, inRoom } = props;
  const [step, setStep] = useState<Step>("look");
  const back = () => setStep("look");
  switch (step) {
    case "look":
      return <Look {...props} onStep={setStep} />;
    case "block":
      return <AskBlock {...props} onCancel={back} />;
    case "report":
      return (
        <ReportForm
          person={profile}
          inRoom={inRoom}
          onReport={actions.report}
          onDone={() => setStep("thanks")}
          onCancel={back}
        />
      );
    case "thanks":
      return <Thanks onDone={back} />;
    default:
      return step satisfies never;
  }
}

interface LookProps extends CardProps {
  readonly profile: ProfileView;
  readonly onStep: (step: Step) => void;
}

function Look({ profile, problem, actions, myId, foot, onStep }: LookProps) {
  const { t } = useText();
  const { memberId, name, bio, letInBy, following, followsYou } = profile;
  return (
    <div class="stack">
      <article class="card stack" data-testid="person">
        <div class="person-head">
          <Face memberId={memberId} name={name} large />
          <div class="stack tight">
            {letInBy !== null && (
              <p class="small">
                {t("person.let_in_by")}{" "}
                <PersonButton {...letInBy}>
                  <b>{letInBy.name}</b>
                </PersonButton>
              </p>
            )}
            {followsYou && <p class="small">{t("person.follows_you")}</p>}
          </div>
        </div>
        {bio !== "" && <p>{bio}</p>}
        <Problem code={problem} />
        {memberId !== myId && (
          <button
            type="button"
            class={following ? "button quiet" : "button"}
            onClick={() => void actions.follow(memberId, !following)}
          >
            {following ? t("person.unfollow") : t("person.follow")}
          </button>
        )}
      </article>
      {memberId !== myId && (
        <div class="row apart">
          <button type="button" class="link" onClick={() => onStep("block")}>
            {t("person.block")}
          </button>
          <button type="button" class="link" onClick={() => onStep("report")}>
            {t("person.report")}
          </button>
        </div>
      )}
      {foot}
    </div>
  );
}

interface AskBlockProps extends CardProps {
  readonly profile: ProfileView;
  readonly onCancel: () => void;
}

function AskBlock({ profile, problem, actions, onCancel }: AskBlockProps) {
  const { t } = useText();
  const { memberId, name } = profile;
  return (
    <StepFrame title={t("person.block_name", { name })}>
      <p>{t("person.block_text", { name })}</p>
      <Problem code={problem} />
      <div class="row end">
        <button type="button" class="button quiet" onClick={onCancel}>
          {t("app.cancel")}
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => void actions.block(memberId, name, true)}
        >
          {t("person.block")}
        </button>
      </div>
    </StepFrame>
  );
}

function Thanks({ onDone }: { onDone: () => void }) {
  const { t } = useText();
  return (
    <StepFrame title={t("person.thanks")}>
      <p>{t("person.thanks_text")}</p>
      <button type="button" class="button" onClick={onDone}>
        {t("app.back")}
      </button>
    </StepFrame>
  );
}
