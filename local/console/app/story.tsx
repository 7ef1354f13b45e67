import { memo } from "react";
import type { Line } from "../../../src/incidents/story.ts";
import { WithIds } from "./with-ids.tsx";
import { clockTime, isoTime, offset } from "./words.ts";

/** What happened, line by line, by how long after the beginning of the trouble. */
export const Story = memo(function Story({
  story,
  beganAt,
  openedAt,
}: {
  story: readonly Line[];
  beganAt: number;
  openedAt: number;
}) {
  return (
    <ol className="story">
      <Moment at={openedAt} beganAt={beganAt}>
        The bot heard of it.
      </Moment>
      {story.map(({ seq, at, who, text }) => (
        <Moment key={seq} at={at} beganAt={beganAt} who={who === "bot" ? undefined : who}>
          {text}
        </Moment>
      ))}
    </ol>
  );
});

function Moment({ at, beganAt, who, children }: { at: number; beganAt: number; who?: string; children: string }) {
  return (
    <li className={who ? "by-person" : undefined}>
      <time dateTime={isoTime(at)} title={`${clockTime(at)} UTC`}>
        {offset(at - beganAt)}
      </time>
      <bdi>
        <WithIds>{children}</WithIds>
      </bdi>
    </li>
  );
}
