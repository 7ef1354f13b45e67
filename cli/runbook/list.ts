import { inWords } from "../../src/engine/in-words.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";
import type { Settings } from "../../src/settings.ts";
import { readArguments, wrongUse } from "../arguments.ts";
import { columns } from "../columns.ts";
import { type Exit, exits, type Io } from "../command.ts";
import { deployed, type Deployed } from "../deployed.ts";

/** Lists the runbooks of this checkout, in the order in which they are asked. */
export async function listRunbooks(args: readonly string[], io: Io, given?: Deployed): Promise<Exit> {
  const { values, positionals } = readArguments("runbook", { json: { type: "boolean" } } as const, args);
  if (positionals.length > 0) throw wrongUse("runbook", `list: "${positionals.join(" ")}" is left over`);
  const { runbooks, settings } = given ?? (await deployed());
  const rows = runbooks.map((runbook) => describe(runbook, settings));
  if (values.json) io.out(`${JSON.stringify({ runbooks: rows }, null, 2)}\n`);
  else io.out(table(["runbook", "lane", "triggers", "limit", "actions", "autonomy"], rows.map(toCells)));
  return exits.ok;
}

function describe({ id, definition }: Runbook, { autonomy }: Settings) {
  const { summary, lane, on, uses, limit } = definition;
  const idsOf = (kind: string): string[] => uses.flatMap((one) => (one.kind === kind ? one.id : []));
  return {
    id,
    summary,
    lane,
    triggers: on.map((trigger) => trigger.id),
    limit: limitInWords(limit),
    actions: idsOf("action"),
    conditions: idsOf("condition"),
    autonomy: autonomyInWords(autonomy[id]),
  };
}

/** `approve`, or `auto for chat, otherwise observe`. What the settings do not name observes. */
function autonomyInWords(set: Settings["autonomy"][string] = "observe"): string {
  if (typeof set === "string") return set;
  const each = Object.entries(set.services).map(([service, rung]) => `${rung} for ${service}`);
  return [...each, `otherwise ${set.otherwise}`].join(", ");
}

/** `4 in 1 h`, `30 in 10 min, 50 % of the fleet`. */
export function limitInWords({ runs, within, share }: Runbook["definition"]["limit"]): string {
  const part = share === undefined ? "" : `, ${Math.round(share * 100)} % of the fleet`;
  return `${runs} in ${inWords(within)}${part}`;
}

const toCells = ({ id, lane, triggers, limit, actions, autonomy }: ReturnType<typeof describe>) => [
  [id],
  [lane],
  triggers,
  [limit],
  actions.length > 0 ? actions : ["none"],
  [autonomy],
];

/** Columns as wide as what is in them; a cell of several lines takes several. */
function table(head: readonly string[], rows: readonly (readonly (readonly string[])[])[]): string {
  const lines = rows.flatMap((cells) =>
    Array.from({ length: Math.max(...cells.map(({ length }) => length)) }, (_, line) =>
      cells.map((cell) => cell[line] ?? ""),
    ),
  );
  return columns(head, lines);
}
