import type { ShownIncident } from "../state.ts";
import { countdown, countOf } from "./words.ts";

/** What one gate said. `waits`: it has not said anything yet. */
export interface GateAnswer {
  readonly gate: string;
  readonly said: "yes" | "no" | "waits";
  readonly why: string;
}

/**
 * The gates of an incident in their order, with what each said and why, as far as it came: read from the incident's phase and
 * from the keys of its story.
 */
export function gatesOf(incident: ShownIncident, now: number): GateAnswer[] {
  const { phase, seen, trigger, story, autonomy, plan } = incident;
  const keys = story.map(({ key }) => key);
  const isClosed = phase.state === "closed";
  const heard: GateAnswer[] = [
    { gate: "read", said: "yes", why: trigger },
    {
      gate: "one incident",
      said: "yes",
      why: seen === 1 ? "seen once" : `the same was heard ${countOf(seen, "time")}`,
    },
  ];
  // The autonomy is written down when halt and maintenance have said yes, the plan's line when the limits have.
  const isPlanned = plan !== undefined;
  const isWithin = keys.some((key) => key.startsWith("plan "));

  const held = story.findLast(({ key }) => key.startsWith("hold "));
  if (phase.state === "halted") return [...heard, { gate: "halt and maintenance", said: "no", why: phase.why }];
  if (!isPlanned && isClosed) return [...heard, { gate: "halt and maintenance", said: "no", why: phase.why }];
  if (!isPlanned) return [...heard, { gate: "halt and maintenance", said: "waits", why: "being asked" }];
  const open: GateAnswer = {
    gate: "halt and maintenance",
    said: "yes",
    why: held ? "open again" : "nothing is halted, no calendar is closed",
  };
  if (autonomy === undefined && isClosed) return [...heard, open, { gate: "autonomy", said: "no", why: phase.why }];
  if (!isWithin && isClosed) return [...heard, open, { gate: "limits", said: "no", why: phase.why }];
  if (!isWithin) return [...heard, open, { gate: "limits", said: "waits", why: "being counted" }];
  const limits: GateAnswer = { gate: "limits", said: "yes", why: "counted, and its targets are its own" };
  return [...heard, open, limits, ...approvalGates(incident, keys, now)];
}

function approvalGates(
  { phase, autonomy, approval, journal }: ShownIncident,
  keys: string[],
  now: number,
): GateAnswer[] {
  const gate = "approval";
  const begun = journal.length > 0;
  if (!approval && phase.state === "waiting") return [{ gate, said: "waits", why: "a person is asked" }];
  if (!approval) return [{ gate, said: "yes", why: `${autonomy ?? "auto"}: nobody has to be asked` }];
  const { decision, needs, assents, until, silence } = approval;
  const names = assents.map(({ name }) => name).join(" and ");
  if (!decision && phase.state === "waiting") {
    const missing = needs - assents.length;
    const who =
      needs > 1 ? `${missing} of ${needs} people are missing${names && `; ${names} approved`}` : "a person is asked";
    const end = silence === "goes" ? "goes ahead without an objection in" : "ends in";
    return [{ gate, said: "waits", why: `${who}; ${end} ${countdown(until - now)}` }];
  }
  if (decision?.verdict === "denied") {
    return [{ gate, said: "no", why: `${decision.name} denied it${decision.why ? `: ${decision.why}` : ""}` }];
  }
  if (!decision && silence === "refuses") return [{ gate, said: "no", why: "nobody decided in time" }];
  const said: GateAnswer = {
    gate,
    said: "yes",
    why: decision ? `${[names, decision.name].filter(Boolean).join(" and ")} approved` : "nobody objected in time",
  };
  const stale = keys.filter((key) => key.startsWith("stale ")).length;
  const again = stale > 0 ? `${countOf(stale, "time")} stale before, then` : "read again:";
  return [
    said,
    begun
      ? { gate: "preconditions", said: "yes", why: `${again} the world was as it was planned for` }
      : {
          gate: "preconditions",
          said: phase.state === "closed" ? "no" : "waits",
          why: phase.state === "closed" ? phase.why : "being read again",
        },
  ];
}
