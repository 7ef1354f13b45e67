import type { Approval } from "../engine/approvals.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Line } from "../incidents/story.ts";
import type { Settings } from "../settings.ts";

/** All that a card is made of. */
export interface View {
  readonly incident: Incident;
  readonly approval?: Approval;
  readonly story: readonly Line[];
  /** Whether something that was changed for it still stands, although it is closed. */
  readonly stands?: boolean;
  /** The picture of its signal, as Slack's id of the file. */
  readonly chart?: string;
  readonly settings: Settings;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
