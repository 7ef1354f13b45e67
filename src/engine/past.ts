import { createDetector, type Detector } from "../detect/detector.ts";
import { type Incident, isClosed } from "../incidents/incident.ts";
import { resource } from "../runbook/resource.ts";
import type { ServiceSettings } from "../settings.ts";
import type { Series } from "../signals/signal.ts";
import { hold } from "./detectors.ts";
import { isSignalOf } from "./together.ts";

/** A time of which nothing is learnt, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Around an incident its metrics are on the way down, or up again. */
const aroundMs = 600_000;

/**
 * When a series was no picture of its normal state: from before the beginning of an incident of its service until after its end,
 * which is when everything that was changed for it has been given back.
 */
export function troubledTimes(
  series: Series,
  services: readonly ServiceSettings[],
  incidents: readonly Incident[],
): Span[] {
  const names = services.filter((service) => isSignalOf(service, series)).map(({ name }) => name);
  return incidents
    .filter(({ root, service }) => names.some((name) => name === service || root === resource.service(name)))
    .map((incident) => ({
      from: incident.beganAt - aroundMs,
      to: isClosed(incident) ? incident.phase.at + aroundMs : Infinity,
    }));
}

/** The detector that would be if it had watched all this; times of trouble are looked at and not learnt. */
export function watch(
  points: readonly { readonly at: number; readonly value: number }[],
  settings: Parameters<typeof createDetector>[0],
  troubled: readonly Span[],
): Detector {
  const detector = createDetector(settings);
  for (const { at, value } of points) {
    hold(
      detector,
      troubled.some(({ from, to }) => at >= from && at <= to),
    );
    detector.next(at, value);
  }
  detector.thaw();
  return detector;
}
