/** What is asked for capacity: a market, an instance type and a zone, as `spot/g5.xlarge/us-east-2a`. */
export const poolOf = (market: "spot" | "on-demand", type: string, zone: string): string => `${market}/${type}/${zone}`;

/** Where nothing should be launched now, because EC2 takes instances back there. */
export interface QuarantineLook {
  /** The pools (`spot/g5.xlarge/us-east-2a`) with the time until which they are to be left alone; and where that is kept. */
  quarantined(): Promise<{ readonly table: string; readonly pools: ReadonlyMap<string, number> }>;
}
