/** How much of itself a service shows: `full` is everything, `minimal` the least that is still useful. */
export const levels = ["full", "limited", "cached", "minimal"] as const;
export type Level = (typeof levels)[number];

/** A service's latency over the last minutes, from its own metric. */
export type Latency =
  | { readonly kind: "no-data"; readonly why: string }
  | { readonly kind: "seen"; readonly ms: number; readonly at: number };

/** The services in the settings. */
export interface ServiceLook {
  /** The level the service is at now; a missing or expired one reads as `full`. */
  level(service: string): Promise<Level>;
  /** The latest value of the service's latency metric. */
  latency(service: string): Promise<Latency>;
  /** In how many of the last 24 hours, the present one left out, its latency was what the settings call high. */
  hoursHigh(service: string): Promise<number>;
}
