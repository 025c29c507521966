/** What goes together, as a picture and, for those who do not see it, as pairs of words. */

import type { RelationView, TopicView } from "../protocol.gen";
import { linesOf, MAP_HEIGHT, MAP_WIDTH, mapOf, type MapPlace } from "../topic-map";
import { Dialog } from "./dialog";
import { useText } from "./language";

const LINE_LETTERS = 12;
const LINE_HEIGHT = 19;
const NAME_DISTANCE = 16;

export interface TopicMapDialogProps {
  readonly topics: readonly TopicView[];
  readonly relations: readonly RelationView[];
  readonly onClose: () => void;
}

export function TopicMapDialog({ topics, relations, onClose }: TopicMapDialogProps) {
  const { t } = useText();
  const { places, lines } = mapOf(topics, relations);
  const pairs = [...lines].sort((a, b) => b.weight - a.weight);
  return (
    <Dialog title={t("map.title")} onClose={onClose}>
      <p class="small">{t("map.text")}</p>
      <svg class="topic-map" viewBox={`0 0 ${MAP_WIDTH} ${MAP_HEIGHT}`} aria-hidden="true">
        {lines.map(({ from, to, weight }) => (
          <path
            key={`${from.topic.topicId}-${to.topic.topicId}`}
            d={`M${from.x} ${from.y} Q${MAP_WIDTH / 2} ${MAP_HEIGHT / 2} ${to.x} ${to.y}`}
            style={{ strokeWidth: 1 + 5 * weight }}
          />
        ))}
        {places.map((place) => (
          <Place key={place.topic.topicId} {...place} />
        ))}
      </svg>
      <ul class="hidden" data-testid="map-pairs">
        {pairs.map(({ from, to }) => (
          <li key={`${from.topic.topicId}-${to.topic.topicId}`}>
            {from.topic.term} – {to.topic.term}
          </li>
        ))}
      </ul>
      <div class="row end">
        <button type="button" class="button quiet" autoFocus onClick={onClose}>
          {t("app.close")}
        </button>
      </div>
    </Dialog>
  );
}

function Place({ topic, x, y, side }: MapPlace) {
  const names = linesOf(topic.term, LINE_LETTERS);
  const upper = y < MAP_HEIGHT / 2;
  const beside = { left: -NAME_DISTANCE, right: NAME_DISTANCE, middle: 0 }[side];
  // Above or below where it is at the top or at the bottom; else as high as its place.
  const from = side !== "middle" ? -(names.length - 1) / 2 : upper ? -names.length - 0.2 : 1.2;
  return (
    <g class={`colour-${topic.colour} ${side}`}>
      <circle cx={x} cy={y} r={6 + 5 * topic.weight} />
      {names.map((name, index) => (
        <text key={name} x={x + beside} y={y + (from + index) * LINE_HEIGHT}>
          {name}
        </text>
      ))}
    </g>
  );
}
