interface Place {
  readonly zone: string;
  readonly zones: readonly string[];
}

/** A zone in which EC2 is not taking instances back: not this one, nor one of the last hour if the group has another. */
export function elsewhere({ zone, zones }: Place, isInQuarantine: (zone: string) => boolean): string {
  const others = zones.filter((other) => other !== zone);
  return others.find((other) => !isInQuarantine(other)) ?? others[0] ?? zone;
}
