/** The member's contacts: typed or from a file, counted, and forgotten at a tap. */

import { useState } from "preact/hooks";
import type { AddressBook } from "../address-book";
import { pickerOffered } from "../contact-picker";
import { ContactsError, decodeFile, FILE_MAX_BYTES, parseTyped, parseVcards, type Entry } from "../contacts";
import type { ContactsState, ProblemCode } from "../state";
import { Confirm } from "./dialog";
import { PeopleIcon } from "./icons";
import { useText } from "./language";
import { RegionField } from "./sign-in";
import { Subpage } from "./subpage";

export interface ContactsProps {
  readonly contacts: ContactsState;
  readonly region: string;
  readonly actions: Pick<AddressBook, "add" | "pick" | "refuse" | "setAsksMe" | "forget">;
  readonly onBack: () => void;
}

export function Contacts(props: ContactsProps) {
  const { t } = useText();
  const { contacts, actions } = props;
  const [chosen, setChosen] = useState<string | null>(null);
  const region = chosen ?? props.region;
  const [forgetting, setForgetting] = useState(false);
  return (
    <Subpage title={t("contacts.title")} onBack={props.onBack}>
      <p>{t("contacts.text")}</p>
      <AsksMe asksMe={contacts.asksMe} onAsksMe={(asksMe) => void actions.setAsksMe(asksMe)} />
      <section class="card stack" aria-label={t("contacts.kept_title")}>
        <Kept contacts={contacts} />
        {contacts.kept > 0 && (
          <button type="button" class="button quiet" aria-haspopup="dialog" onClick={() => setForgetting(true)}>
            {t("contacts.forget")}
          </button>
        )}
      </section>
      <section class="card form">
        {pickerOffered() && (
          <>
            <button
              type="button"
              class="button"
              disabled={contacts.sending}
              onClick={() => void actions.pick(region)}
            >
              <PeopleIcon />
              {t("contacts.pick")}
            </button>
            <small>{t("contacts.pick_hint")}</small>
            <hr />
          </>
        )}
        <RegionField region={region} onRegion={setChosen} />
        <TypedNumbers
          busy={contacts.sending}
          onAdd={(entries) => void actions.add(entries, region)}
        />
        <hr />
        <File
          onAdd={(entries) => void actions.add(entries, region)}
          onProblem={actions.refuse}
        />
        <Result contacts={contacts} />
      </section>
      {forgetting && (
        <Confirm
          title={t("contacts.forget")}
          text={t("contacts.forget_confirm")}
          yes={t("contacts.forget_yes")}
          onClose={() => setForgetting(false)}
          onYes={() => {
            setForgetting(false);
            void actions.forget();
          }}
        />
      )}
    </Subpage>
  );
}

function AsksMe({ asksMe, onAsksMe }: { asksMe: boolean; onAsksMe: (asksMe: boolean) => void }) {
  const { t } = useText();
  return (
    <label class="switch card">
      <span>
        <b>{t("contacts.asks_me")}</b>
        <small>{asksMe ? t("contacts.asks_me_on") : t("contacts.asks_me_off")}</small>
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-label={t("contacts.asks_me")}
        checked={asksMe}
        onChange={(event) => {
          const wanted = event.currentTarget.checked;
          event.currentTarget.checked = asksMe; // it moves when the house has agreed
          onAsksMe(wanted);
        }}
      />
    </label>
  );
}

function Kept({ contacts }: { contacts: ContactsState }) {
  const { t, date } = useText();
  const { kept, firstExpiresAtMs, lastExpiresAtMs } = contacts;
  if (firstExpiresAtMs === null || lastExpiresAtMs === null) {
    return <p class="kept">{t("contacts.kept_none")}</p>;
  }
  const [first, last] = [date(firstExpiresAtMs), date(lastExpiresAtMs)];
  return (
    <p class="kept" data-testid="contacts-kept">
      <b>{t("contacts.kept", { count: kept })}</b>
      <small>
        {first === last ? t("contacts.until", { date: last }) : t("contacts.between", { first, last })}
      </small>
    </p>
  );
}

interface TypedNumbersProps {
  readonly busy: boolean;
  readonly onAdd: (entries: readonly Entry[]) => void;
}

function TypedNumbers({ busy, onAdd }: TypedNumbersProps) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    onAdd(parseTyped(typed));
    setTyped("");
  };
  return (
    <form class="form" onSubmit={submit}>
      <label class="field">
        <span>{t("contacts.type")}</span>
        <textarea
          name="numbers"
          rows={3}
          required
          autoComplete="off"
          placeholder={t("contacts.type_example")}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <small>{t("contacts.type_hint")}</small>
      </label>
      <button type="submit" class="button" disabled={busy}>
        {busy ? t("contacts.adding") : t("contacts.add")}
      </button>
    </form>
  );
}

interface FileProps {
  readonly onAdd: (entries: readonly Entry[]) => void;
  readonly onProblem: (problem: ProblemCode) => void;
}

function File({ onAdd, onProblem }: FileProps) {
  const { t } = useText();
  const [found, setFound] = useState<number | null>(null);
  const read = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (file === undefined) return;
    try {
      if (file.size > FILE_MAX_BYTES) throw new ContactsError("file_too_large");
      const entries = parseVcards(decodeFile(new Uint8Array(await file.arrayBuffer())));
      setFound(entries.length);
      onAdd(entries);
    } catch (error) {
      if (!(error instanceof ContactsError)) throw error;
      setFound(null);
      onProblem(error.code);
    }
    input.value = "";
  };
  return (
    <label class="field">
      <span>{t("contacts.file")}</span>
      <input
        name="vcf"
        type="file"
        accept=".vcf,text/vcard,text/x-vcard"
        onChange={(event) => void read(event.currentTarget)}
      />
      <small>{t("contacts.file_hint")}</small>
      {found !== null && (
        <span role="status">
          {found === 0 ? t("contacts.found_none") : t("contacts.found", { count: found })}
        </span>
      )}
    </label>
  );
}

function Result({ contacts }: { contacts: ContactsState }) {
  const { t } = useText();
  const { result, problem } = contacts;
  return (
    <>
      {problem !== null && (
        <p class="problem" role="alert">
          {t(`problem.${problem}`)}
        </p>
      )}
      <p class="result" role="status" data-testid="contacts-result">
        {result !== null && t("contacts.added", { count: result.added })}
        {result !== null && result.rejected > 0 && (
          <> {t("contacts.rejected", { count: result.rejected })}</>
        )}
      </p>
    </>
  );
}
