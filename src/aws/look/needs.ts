import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { Clock } from "../../clock.ts";
import type { Detectors } from "../../engine/detectors.ts";
import type { Settings } from "../../settings.ts";
import type { Aws } from "../clients.ts";
import type { InFlight } from "../in-flight.ts";

/** What a look at the account is made with. */
export interface Needs {
  readonly aws: Aws;
  readonly cloudwatch: CloudWatchClient;
  readonly inFlight: InFlight;
  /** They keep the last samples that workloads sent. */
  readonly detectors: Pick<Detectors, "recent">;
  readonly settings: Settings;
  readonly clock: Clock;
}
