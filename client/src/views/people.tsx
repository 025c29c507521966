/** Whom one follows, who follows, whom one has blocked: names only. */

import { useEffect } from "preact/hooks";
import type { PeopleList, PersonView } from "../protocol.gen";
import type { PeopleState, Profiles } from "../profiles";
import { Face } from "./face";
import { useText } from "./language";
import { PersonButton } from "./person-button";
import { Problem } from "./problem";
import { Subpage } from "./subpage";

const LISTS: readonly PeopleList[] = ["following", "followers", "blocked"];

export interface PeopleProps {
  readonly which: PeopleList;
  readonly people: PeopleState;
  readonly actions: Profiles;
  readonly onList: (which: PeopleList) => void;
  readonly onBack: () => void;
}

export function People({ which, people, actions, onList, onBack }: PeopleProps) {
  const { t } = useText();
  useEffect(() => void actions.list(which), [actions, which]);
  const page = people.lists[which];
  return (
    <Subpage title={t("people.title")} onBack={onBack}>
      <nav class="tabs" aria-label={t("people.title")}>
        {LISTS.map((each) => (
          <button
            key={each}
            type="button"
            aria-current={each === which ? "page" : undefined}
            onClick={() => onList(each)}
          >
            {t(`people.${each}`)}
          </button>
        ))}
      </nav>
      <Problem code={people.problem} />
      {page === undefined && people.problem === null && <p role="status">{t("person.looking")}</p>}
      {page?.people.length === 0 && <p class="small not-here">{t(`people.${which}_none`)}</p>}
      {page !== undefined && page.people.length > 0 && (
        <ul class="rows" aria-label={t(`people.${which}`)}>
          {page.people.map((person) => (
            <PersonRow key={person.memberId} person={person} which={which} actions={actions} />
          ))}
        </ul>
      )}
      {page?.more && (
        <button type="button" class="button quiet" onClick={() => void actions.more(which)}>
          {t("people.more")}
        </button>
      )}
    </Subpage>
  );
}

interface PersonRowProps {
  readonly person: PersonView;
  readonly which: PeopleList;
  readonly actions: Profiles;
}

/** Whoever is blocked has no page; there is only the way to lift the block. */
function PersonRow({ person, which, actions }: PersonRowProps) {
  const { t } = useText();
  const { memberId, name } = person;
  const who = (
    <>
      <Face {...person} />
      <b>{name}</b>
    </>
  );
  return (
    <li class="person-row" data-testid="person-row">
      {which === "blocked" ? (
        <>
          <span class="grow row">{who}</span>
          <button
            type="button"
            class="button quiet small-button"
            aria-label={t("person.unblock_name", { name })}
            onClick={() => void actions.block(memberId, name, false)}
          >
            {t("person.unblock")}
          </button>
        </>
      ) : (
        <PersonButton {...person}>{who}</PersonButton>
      )}
    </li>
  );
}
