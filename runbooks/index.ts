import type { Runbook } from "../src/runbook/runbook.ts";
import { degrade } from "./degrade.ts";
import { spotInterruption } from "./spot-interruption.ts";

/** Every runbook of this deployment. The first whose trigger matches a signal answers it. */
export const runbooks: readonly Runbook[] = [spotInterruption, degrade];
