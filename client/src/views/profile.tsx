/** The own profile: what one tells about oneself, and what the house may tell. */

import { useEffect, useState } from "preact/hooks";
import type { Me, OwnProfile } from "../protocol.gen";
import type { PeopleState, Profiles } from "../profiles";
import type { ProblemCode } from "../state";
import { Face } from "./face";
import { useText } from "./language";
import { Problem } from "./problem";
import { Subpage } from "./subpage";

const NAME_MAX = 40;
const BIO_MAX = 160;

export interface ProfileProps {
  readonly me: Me;
  readonly people: PeopleState;
  readonly actions: Profiles;
}

export interface ProfilePageProps extends ProfileProps {
  readonly onView: () => void;
  readonly onBack: () => void;
}

export function ProfilePage(props: ProfilePageProps) {
  const { t } = useText();
  const { people, actions } = props;
  return (
    <Subpage title={t("profile.title")} onBack={props.onBack}>
      <OwnProfileForm {...props} />
      {people.own !== null && <WhoLetIn own={people.own} problem={people.problem} actions={actions} />}
      <button type="button" class="button quiet" onClick={props.onView}>
        {t("profile.view")}
      </button>
    </Subpage>
  );
}

/** Name and bio; also in a room, over the seat that takes the new name. */
export function OwnProfileForm({ me, people, actions }: ProfileProps) {
  const { t } = useText();
  const { own, problem } = people;
  useEffect(() => void actions.showOwn(), [actions]);
  if (own === null) {
    return problem === null ? <p role="status">{t("person.looking")}</p> : <Problem code={problem} />;
  }
  return <Fields key={me.memberId} me={me} own={own} onSave={actions.save} />;
}

interface FieldsProps {
  readonly me: Me;
  readonly own: OwnProfile;
  readonly onSave: (name: string, bio: string) => Promise<ProblemCode | null>;
}

function Fields({ me, own, onSave }: FieldsProps) {
  const { t, number } = useText();
  const [name, setName] = useState(own.name);
  const [bio, setBio] = useState(own.bio);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const [saved, setSaved] = useState(false);
  const edit = (change: () => void) => {
    setSaved(false);
    change();
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const refused = await onSave(name, bio);
    setBusy(false);
    setProblem(refused);
    setSaved(refused === null);
  };
  return (
    <form class="form card" onSubmit={(event) => void submit(event)}>
      <div class="person-head">
        <Face memberId={me.memberId} name={name} large />
        <label class="field grow">
          <span>{t("profile.name")}</span>
          <input
            name="name"
            required
            maxLength={NAME_MAX}
            autoComplete="nickname"
            value={name}
            onInput={({ currentTarget }) => edit(() => setName(currentTarget.value))}
          />
        </label>
      </div>
      <label class="field">
        <span>{t("profile.bio")}</span>
        <textarea
          name="bio"
          rows={3}
          maxLength={BIO_MAX}
          autoComplete="off"
          value={bio}
          onInput={({ currentTarget }) => edit(() => setBio(currentTarget.value))}
        />
        <small class="row">
          <span class="grow">{t("profile.bio_hint")}</span>
          <span aria-hidden="true">
            {number(bio.length)} / {number(BIO_MAX)}
          </span>
        </small>
      </label>
      <Problem code={problem} />
      <div class="row end">
        <span class="result" role="status">
          {saved && t("profile.saved")}
        </span>
        <button type="submit" class="button" disabled={busy}>
          {t("profile.save")}
        </button>
      </div>
    </form>
  );
}

interface WhoLetInProps {
  readonly own: OwnProfile;
  readonly problem: ProblemCode | null;
  readonly actions: Profiles;
}

function WhoLetIn({ own, problem, actions }: WhoLetInProps) {
  const { t } = useText();
  const { showsAdmitter, shownAsAdmitter, letInBy } = own;
  return (
    <fieldset class="card choices">
      <legend class="hidden">{t("profile.who_let_in")}</legend>
      <h2 aria-hidden="true">{t("profile.who_let_in")}</h2>
      <label class="choice">
        <input
          type="checkbox"
          name="shows-admitter"
          checked={showsAdmitter}
          onChange={({ currentTarget }) => void actions.prefer(currentTarget.checked, shownAsAdmitter)}
        />
        <span>
          {t("profile.shows_admitter")}
          {letInBy !== null && <small>{t("profile.shows_admitter_as", { name: letInBy.name })}</small>}
        </span>
      </label>
      <label class="choice">
        <input
          type="checkbox"
          name="shown-as-admitter"
          checked={shownAsAdmitter}
          onChange={({ currentTarget }) => void actions.prefer(showsAdmitter, currentTarget.checked)}
        />
        <span>{t("profile.shown_as_admitter")}</span>
      </label>
      <small>{t("profile.who_let_in_hint")}</small>
      <Problem code={problem} />
    </fieldset>
  );
}
