import type { Clock } from "../clock.ts";
import { createApprovals } from "../engine/approvals.ts";
import { createDetectors } from "../engine/detectors.ts";
import { createDurations } from "../engine/durations.ts";
import { createJournal } from "../engine/journal.ts";
import { createLedger } from "../engine/ledger.ts";
import { createTrust } from "../engine/trust.ts";
import { createIncidents } from "../incidents/incidents.ts";
import { createStories } from "../incidents/story.ts";
import type { Settings } from "../settings.ts";
import type { Table } from "./table.ts";

/** What a world is made of besides AWS: the same for every place the bot runs. */
export function storesOf(table: Table, clock: Clock, settings: Settings) {
  return {
    table,
    clock,
    settings,
    incidents: createIncidents(table, clock),
    stories: createStories(table, clock),
    journal: createJournal(table),
    ledger: createLedger(table, clock, settings.limits),
    trust: createTrust(table, clock),
    durations: createDurations(table),
    approvals: createApprovals(table, clock, settings),
    detectors: createDetectors(table),
  };
}
