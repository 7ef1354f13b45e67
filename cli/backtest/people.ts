import { readDocuments } from "../replay/documents.ts";
import { type Line, readLines } from "../replay/lines.ts";
import { wrongFile } from "../replay/wrong-file.ts";
import { type Deed, isTrail, readByHand, readTrail } from "./deed.ts";

const wayOut =
  'Give records of CloudTrail as JSON, or lines like {"time":"2026-03-04T03:05:00Z","action":"ecs:UpdateService","resource":"chat"}, or CSV with the head time,action,resource.';

/**
 * Reads what people did: CloudTrail in any of its forms, or a list as JSON lines or CSV.
 *
 * @throws BotError `bad_input` for a file with something else in it, naming the line.
 */
export async function readPeople(file: string): Promise<Deed[]> {
  const lines: Line[] = [];
  for await (const line of readLines(file, { stdin: none() })) if (line.text.trim() !== "") lines.push(line);
  const [head, ...rows] = lines;
  if (!head) throw wrongFile({ file, what: "is empty", wayOut });
  return /^\s*[{[]/.test(head.text) ? await fromJson(file, lines) : fromCsv(file, head, rows);
}

async function* none() {}

async function fromJson(file: string, lines: readonly Line[]): Promise<Deed[]> {
  const found: Deed[] = [];
  for await (const document of readDocuments(file, each(lines))) {
    if (document.kind === "fault") throw wrongFile(document.fault);
    for (const value of Array.isArray(document.value) ? document.value : [document.value]) {
      const deed = readByHand(value);
      if (deed) found.push(deed);
      else if (isTrail(value)) found.push(...readTrail(value));
      else throw wrongFile({ file, line: document.line, what: "neither a record of CloudTrail nor an action", wayOut });
    }
  }
  return found;
}

async function* each(lines: readonly Line[]) {
  yield* lines;
}

function fromCsv(file: string, head: Line, rows: readonly Line[]): Deed[] {
  const cellsOf = ({ text }: Line): string[] => text.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  const names = cellsOf(head).map((name) => name.toLowerCase());
  for (const name of ["time", "action", "resource"]) {
    if (!names.includes(name))
      throw wrongFile({ file, line: head.number, what: `no column is called ${name}`, wayOut });
  }
  return rows.map((row) => {
    const cells = cellsOf(row);
    const deed = readByHand(Object.fromEntries(names.map((name, index) => [name, cells[index] || undefined])));
    if (!deed) throw wrongFile({ file, line: row.number, what: "no time, no action or no resource", wayOut });
    return deed;
  });
}
