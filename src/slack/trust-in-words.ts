import { type TrustRecord, wilsonLower } from "../engine/trust.ts";
import type { World } from "../engine/world.ts";
import { configuredAutonomy } from "../settings.ts";
import { code, foreign, moment } from "./text.ts";

/** How far each runbook may go by itself, and what it has earned; a line more for every service where that differs. */
export async function trustLines({
  settings,
  runbooks,
  trust,
}: Pick<World, "settings" | "trust" | "runbooks">): Promise<string[]> {
  const lineOf = async (runbook: string, service?: string): Promise<string[]> => {
    const configured = configuredAutonomy(settings, runbook, service);
    const [record, allowed] = await Promise.all([
      trust.read(runbook, service),
      trust.allowed(runbook, service, configured),
    ]);
    const isLikeOthers = record.results.length === 0 && configured === configuredAutonomy(settings, runbook, undefined);
    if (service !== undefined && isLikeOthers) return [];
    const where = service === undefined ? "" : ` on ${code(service, 80)}`;
    return [`${code(runbook, 60)}${where}: *${allowed}*${earned(record)}`];
  };
  const services = [undefined, ...settings.services.map(({ name }) => name)];
  const lines = runbooks.flatMap(({ id }) => services.map((service) => lineOf(id, service)));
  return (await Promise.all(lines)).flat();
}

function earned({ results, demoted }: TrustRecord): string {
  const helped = results.filter(({ ok }) => ok).length;
  const certain = Math.floor(wilsonLower(helped, results.length) * 100);
  const measured =
    results.length === 0 ? "" : ` · ${helped} of ${results.length} helped, certainly at least ${certain} %`;
  const fell = demoted ? ` · demoted from ${demoted.from} ${moment(demoted.at)}: ${foreign(demoted.why, 150)}` : "";
  return `${measured}${fell}`;
}
