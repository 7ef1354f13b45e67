/** Of an instance type, in US dollars an hour. */
export interface InstancePrice {
  readonly onDemand?: number;
  readonly spot?: number;
}

/** What things cost here, as far as the settings say it. `undefined`: nobody knows. */
export interface Prices {
  /** One instance for an hour, in US dollars. */
  instanceHour(type: string, market: "on-demand" | "spot"): number | undefined;
  /** A Fargate task for an hour, in US dollars. */
  fargateHour(size: { readonly vcpu: number; readonly memoryGb: number }): number;
  /** Lambda, per GB-second, in US dollars. */
  readonly lambdaGbSecond: number;
}

/** Fargate and Lambda on x86 in us-east-1, from their public price lists of 2026; the settings override them. */
export const publicPrices = { fargateVcpuHour: 0.04048, fargateGbHour: 0.004445, lambdaGbSecond: 0.0000166667 };

/** The prices in the settings, with the public ones where the settings say nothing. */
export function pricesOf(given: {
  readonly instances: Readonly<Record<string, { onDemand?: number | undefined; spot?: number | undefined }>>;
  readonly fargateVcpuHour: number;
  readonly fargateGbHour: number;
  readonly lambdaGbSecond: number;
}): Prices {
  return {
    instanceHour: (type, market) => given.instances[type]?.[market === "spot" ? "spot" : "onDemand"],
    fargateHour: ({ vcpu, memoryGb }) => vcpu * given.fargateVcpuHour + memoryGb * given.fargateGbHour,
    lambdaGbSecond: given.lambdaGbSecond,
  };
}
