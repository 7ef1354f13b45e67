import type { Granted, Ledger } from "../../src/engine/ledger.ts";

/** The same ledger, which says what it refuses, and to which incident. */
export function notingRefusals(ledger: Ledger, refuses: (incident: string, limit: string) => void): Ledger {
  const noted = async (answer: Promise<Granted>, incident: string, limit: string): Promise<Granted> => {
    const granted = await answer;
    if (!granted.granted) refuses(incident, limit);
    return granted;
  };
  return {
    ...ledger,
    countRun: (runbook, limit, incident) =>
      noted(ledger.countRun(runbook, limit, incident), incident, `runs of ${runbook}`),
    countShare: (fleet, limit, incident, targets) =>
      noted(ledger.countShare(fleet, limit, incident, targets), incident, `share of ${fleet.scope}`),
    countOverall: (wants, incident) => noted(ledger.countOverall(wants, incident), incident, "all runbooks together"),
    lock: (targets, owner, untilMs) => noted(ledger.lock(targets, owner, untilMs), owner, "one remediation a target"),
  };
}
