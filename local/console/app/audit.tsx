import { memo, useState } from "react";
import type { Line } from "../../../src/incidents/story.ts";
import type { ConsoleState, ShownStory } from "../state.ts";
import { WithIds } from "./with-ids.tsx";
import { clockTime, countOf, dateTime, isoTime } from "./words.ts";

/** More than anyone reads on a page; what is older is counted, and `paramedic audit export` hands all of it over. */
const shownMax = 200;

/** Who did what, when and why, over all incidents: every line carries the hash of the one before it. */
export const Audit = memo(
  function Audit({ state: { incidents, bot } }: { state: ConsoleState }) {
    const [wanted, setWanted] = useState("");
    const [onlyPeople, setOnlyPeople] = useState(false);
    const stories: readonly ShownStory[] = [bot, ...incidents];
    const lines = stories.flatMap(({ story }) => story).sort((a, b) => b.at - a.at || b.seq - a.seq);
    const found = lines.filter((line) => (!onlyPeople || line.who !== "bot") && isAbout(line, wanted));
    return (
      <>
        <div className="part chain">
          <Chain stories={stories} lines={lines.length} />
          <label>
            Find <input type="search" value={wanted} onChange={({ currentTarget }) => setWanted(currentTarget.value)} />
          </label>
          <label>
            <input type="checkbox" checked={onlyPeople} onChange={() => setOnlyPeople(!onlyPeople)} /> only what people
            did
          </label>
        </div>
        {found.length === 0 && <p className="empty">No such line.</p>}
        <ol className="audit">
          {found.slice(0, shownMax).map((line) => (
            <li key={`${line.incident} ${line.seq}`} className={line.who === "bot" ? undefined : "by-person"}>
              <time dateTime={isoTime(line.at)} title={`${dateTime(line.at)} UTC`}>
                {clockTime(line.at)}
              </time>
              <span>
                <bdi>
                  <WithIds>{line.text}</WithIds>
                </bdi>
                <span className="under mono">
                  <bdi>{line.who}</bdi> · <bdi>{line.incident}</bdi> {line.seq} · {line.hash.slice(0, 10)}
                </span>
              </span>
            </li>
          ))}
        </ol>
        {found.length > shownMax && <p className="empty">and {found.length - shownMax} older</p>}
      </>
    );
  },
  (was, is) => was.state.incidents === is.state.incidents && was.state.bot === is.state.bot,
);

function Chain({ stories, lines }: { stories: readonly ShownStory[]; lines: number }) {
  const broken = stories.find(({ brokenAt }) => brokenAt !== undefined);
  if (!broken) {
    return (
      <p>
        <span className="state state-good">whole</span> {countOf(lines, "line")}, each chained to the one before it by
        its hash.
      </p>
    );
  }
  return (
    <p role="alert">
      <span className="state state-bad">broken</span> Line {broken.brokenAt} of{" "}
      <bdi className="mono">{broken.story[0]?.incident}</bdi> does not fit the one before it: somebody has changed the
      story.
    </p>
  );
}

function isAbout({ text, who, incident }: Line, wanted: string): boolean {
  const words = wanted.toLowerCase().split(/\s+/);
  const all = `${text} ${who} ${incident}`.toLowerCase();
  return words.every((word) => all.includes(word));
}
