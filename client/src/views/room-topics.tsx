/** The topics of the room one is in: their ribbon, each of them opened, and what one missed. */

import { useState } from "preact/hooks";
import type { TopicView } from "../protocol.gen";
import type { RoomState } from "../room";
import { relatedTo } from "../scribe";
import { useDesk } from "./desk-context";
import { Dialog } from "./dialog";
import { useText } from "./language";
import { Missed } from "./missed";
import { Ribbon } from "./ribbon";
import type { NameOf } from "./said-lines";
import { TopicLines } from "./topic-lines";
import { TopicMapDialog } from "./topic-map";
import { Topics } from "./topics";

const TOPICS_SHOWN = 12;

export interface RoomTopicsProps {
  readonly state: RoomState;
  readonly moderating: boolean;
  readonly nameOf: NameOf;
}

export function RoomTopics(props: RoomTopicsProps) {
  const { t } = useText();
  const { state, nameOf } = props;
  const { desk } = useDesk();
  const { room, scribe, log } = state;
  const [open, setOpen] = useState<TopicView | null>(null);
  const [mapped, setMapped] = useState(false);
  return (
    <section class="about" aria-labelledby="topics-title">
      <header class="row">
        <h2 class="section grow" id="topics-title">
          {t("topics.title")}
        </h2>
        {scribe.timeline.length > 0 && (
          <Missed {...props} {...desk} timeline={scribe.timeline} log={log} openedAtMs={room.openedAtMs} />
        )}
      </header>
      <Ribbon timeline={scribe.timeline} log={log} nameOf={nameOf} />
      {room.topics.length === 0 && <p class="small">{t("topics.empty")}</p>}
      <Topics topics={room.topics} max={TOPICS_SHOWN} onOpen={setOpen} />
      {scribe.relations.length > 0 && (
        <button type="button" class="link map-link" aria-haspopup="dialog" onClick={() => setMapped(true)}>
          {t("map.open")}
        </button>
      )}
      {mapped && (
        <TopicMapDialog
          topics={room.topics.slice(0, TOPICS_SHOWN)}
          relations={scribe.relations}
          onClose={() => setMapped(false)}
        />
      )}
      {open !== null && (
        <TopicDialog {...props} key={open.topicId} topic={open} onTopic={setOpen} onClose={() => setOpen(null)} />
      )}
    </section>
  );
}

interface TopicDialogProps extends RoomTopicsProps {
  readonly topic: TopicView;
  readonly onTopic: (topic: TopicView) => void;
  readonly onClose: () => void;
}

function TopicDialog(props: TopicDialogProps) {
  const { t } = useText();
  const { topic, state, moderating, onTopic, onClose } = props;
  const { actions } = useDesk();
  const related = relatedTo(state.scribe.relations, topic.topicId).flatMap(
    (id) => state.room.topics.find((other) => other.topicId === id) ?? [],
  );
  return (
    <Dialog title={topic.term} onClose={onClose}>
      <div class="stack" data-testid="topic">
        <p class="small">{t("topics.speakers", { count: topic.speakers })}</p>
        {actions !== null && (
          <TopicLines {...props} topicId={topic.topicId} log={state.log} onAsk={actions.mentions} />
        )}
        {related.length > 0 && (
          <>
            <h3>{t("topic.related")}</h3>
            <Topics topics={related} max={related.length} onOpen={onTopic} />
          </>
        )}
        {moderating && (
          <div>
            <button
              type="button"
              class="link danger-link"
              onClick={() => {
                actions?.hide(topic.term);
                onClose();
              }}
            >
              {t("topic.hide")}
            </button>
            <p class="small">{t("topic.hide_text")}</p>
          </div>
        )}
        <div class="row end">
          <button type="button" class="button quiet" autoFocus onClick={onClose}>
            {t("app.close")}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
