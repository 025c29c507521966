/** Order in the house, for admins: what was reported, and who lives here. */

import { useEffect, useState } from "preact/hooks";
import type { Administration, AdminState } from "../administration";
import type { MemberRow, ReportView } from "../protocol.gen";
import { Confirm } from "./dialog";
import { Face } from "./face";
import { useText } from "./language";
import { RoomLog } from "./room-log";
import { useSearchWords } from "./search-words";
import { Subpage } from "./subpage";

export interface AdminProps {
  readonly admin: AdminState;
  readonly actions: Administration;
  readonly myId: string;
  readonly onBack: () => void;
}

export function Admin({ admin, actions, myId, onBack }: AdminProps) {
  const { t } = useText();
  useEffect(() => {
    void actions.showReports(false);
    void actions.find("");
  }, [actions]);
  return (
    <Subpage title={t("admin.title")} onBack={onBack}>
      {admin.problem !== null && (
        <p class="problem" role="alert">
          {t(`problem.${admin.problem}`)}
        </p>
      )}
      <Reports admin={admin} actions={actions} />
      <Members admin={admin} actions={actions} myId={myId} />
    </Subpage>
  );
}

type PartProps = Pick<AdminProps, "admin" | "actions">;

function Reports({ admin, actions }: PartProps) {
  const { t } = useText();
  const { reports, closedReports } = admin;
  return (
    <section class="stack" aria-labelledby="reports">
      <div class="row">
        <h2 id="reports" class="grow">
          {t("admin.reports")}
        </h2>
        <button
          type="button"
          class="link"
          aria-pressed={closedReports}
          onClick={() => void actions.showReports(!closedReports)}
        >
          {closedReports ? t("admin.show_open") : t("admin.show_closed")}
        </button>
      </div>
      {reports?.length === 0 && <p class="small">{t("admin.no_reports")}</p>}
      {reports?.map((report) => (
        <Report key={report.reportId} report={report} actions={actions} />
      ))}
    </section>
  );
}

function Report({ report, actions }: { report: ReportView; actions: Administration }) {
  const { t, date } = useText();
  const by = report.reporter?.name ?? t("admin.somebody_gone");
  return (
    <article class="card stack" data-testid="report">
      <div>
        <h3>
          {t(report.wholeRoom ? "report.about_room" : "admin.report_about", {
            name: report.reported.name,
          })}
        </h3>
        <p class="small">
          {t(`report.${report.reason}`)} · {t("admin.report_by", { name: by })} ·{" "}
          {date(report.createdAtMs)}
        </p>
      </div>
      {report.statement !== "" && <p>{report.statement}</p>}
      {report.events.length > 0 && (
        <details>
          <summary>{t("report.log_shown", { count: report.events.length })}</summary>
          <RoomLog entries={report.events} />
        </details>
      )}
      <div class="row end">
        <MemberActions member={report.reported} actions={actions} roles={false} />
        {report.closedAtMs === null && (
          <button
            type="button"
            class="button small-button"
            onClick={() => void actions.closeReport(report.reportId)}
          >
            {t("admin.close_report")}
          </button>
        )}
      </div>
    </article>
  );
}

function Members({ admin, actions, myId }: PartProps & { myId: string }) {
  const { t } = useText();
  const [query, setQuery] = useSearchWords(admin.query, actions.find);
  return (
    <section class="stack" aria-labelledby="members">
      <h2 id="members">{t("admin.members")}</h2>
      <label class="field">
        <span>{t("admin.search")}</span>
        <input
          name="query"
          type="search"
          autoComplete="off"
          maxLength={80}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      </label>
      <ul class="rows" aria-live="polite">
        {admin.members?.map((member) => (
          <Member key={member.memberId} member={member} actions={actions} me={member.memberId === myId} />
        ))}
      </ul>
      {admin.members?.length === 0 && <p class="small">{t("admin.nobody")}</p>}
      {admin.more && (
        <button type="button" class="button quiet" onClick={() => void actions.more()}>
          {t("admin.more")}
        </button>
      )}
    </section>
  );
}

interface MemberProps {
  readonly member: MemberRow;
  readonly actions: Administration;
  readonly me: boolean;
}

function Member({ member, actions, me }: MemberProps) {
  const { t, date } = useText();
  const state =
    member.membership === "banned"
      ? t("admin.is_banned")
      : member.isAdmin
        ? t("admin.is_admin")
        : null;
  return (
    <li class="person-row" data-testid="member">
      <Face {...member} />
      <span class="grow">
        <b>{member.name}</b>
        <small>
          {state !== null && <>{state} · </>}
          {t("admin.since", { date: date(member.createdAtMs) })}
        </small>
      </span>
      {!me && <MemberActions member={member} actions={actions} />}
    </li>
  );
}

type Question = "ban" | "give" | "take" | "export" | "erase";

interface MemberActionsProps {
  readonly member: MemberRow;
  readonly actions: Administration;
  /** Whether the admin's role is at hand, too. */
  readonly roles?: boolean;
}

/** What an admin may do to somebody; each is asked for once more. */
function MemberActions({ member, actions, roles = true }: MemberActionsProps) {
  const { t } = useText();
  const [asking, setAsking] = useState<Question | null>(null);
  const { memberId, name } = member;
  const banned = member.membership === "banned";
  const answer = (question: Question) => {
    setAsking(null);
    if (question === "export") void actions.exportMember(memberId);
    else if (question === "erase") void actions.change({ type: "erase_member", memberId });
    else if (question === "ban") void actions.change({ type: "ban_member", memberId, reason: "" });
    else void actions.change({ type: "set_admin", memberId, isAdmin: question === "give" });
  };
  return (
    <span class="row member-actions">
      {banned ? (
        <button
          type="button"
          class="button quiet small-button"
          aria-label={t("admin.unban_name", { name })}
          onClick={() => void actions.change({ type: "unban_member", memberId })}
        >
          {t("admin.unban")}
        </button>
      ) : (
        <>
          {roles && (
            <button
              type="button"
              class="link"
              aria-label={t(member.isAdmin ? "admin.take_name" : "admin.give_name", { name })}
              aria-haspopup="dialog" onClick={() => setAsking(member.isAdmin ? "take" : "give")}
            >
              {member.isAdmin ? t("admin.take") : t("admin.give")}
            </button>
          )}
          {!member.isAdmin && (
            <button
              type="button"
              class="link danger-link"
              aria-label={t("admin.ban_name", { name })}
              aria-haspopup="dialog" onClick={() => setAsking("ban")}
            >
              {t("admin.ban")}
            </button>
          )}
        </>
      )}
      {roles && (
        <details class="more">
          <summary aria-label={t("admin.other_name", { name })}>{t("admin.other")}</summary>
          <span class="row">
            <button
              type="button"
              class="link"
              aria-label={t("admin.export_name", { name })}
              aria-haspopup="dialog" onClick={() => setAsking("export")}
            >
              {t("admin.export")}
            </button>
            {!member.isAdmin && (
              <button
                type="button"
                class="link danger-link"
                aria-label={t("admin.erase_name", { name })}
                aria-haspopup="dialog" onClick={() => setAsking("erase")}
              >
                {t("admin.erase")}
              </button>
            )}
          </span>
        </details>
      )}
      {asking !== null && (
        <Confirm
          title={t(`admin.${asking}_name`, { name })}
          text={t(`admin.${asking}_confirm`)}
          yes={t(`admin.${asking}`)}
          onYes={() => answer(asking)}
          onClose={() => setAsking(null)}
        />
      )}
    </span>
  );
}
