import type { AheadSettings, SizeSettings, Workers } from "../../settings/capacity.ts";
import { type Resource, resource } from "../resource.ts";
import { defineTrigger } from "../trigger.ts";

/** More is going to be asked of a service than those who are there take. */
export interface RiseAhead {
  readonly service: string;
  readonly at: number;
  readonly why: string;
  readonly ahead: AheadSettings;
}

/** The tasks or the function of a service have more than they need, or less. */
export interface SizeOff {
  readonly service: string;
  readonly at: number;
  readonly why: string;
  readonly size: SizeSettings;
}

export const riseAhead = defineTrigger<RiseAhead>({
  id: "rise-ahead",
  title: ({ service, why }) => `${service} will need more workers: ${why}`,
  match: (signal, services) => {
    if (signal.kind !== "due" || signal.what !== "rise-ahead") return undefined;
    const { at, service, why } = signal;
    const ahead = services.find(({ name }) => name === service)?.ahead;
    return ahead && { root: resourceOf(ahead.workers), service, signal: { service, at, why, ahead } };
  },
  byHand: (services, said) =>
    services.flatMap(({ name: service, ahead }) =>
      ahead ? [{ target: service, root: resourceOf(ahead.workers), service, signal: { service, ...said, ahead } }] : [],
    ),
});

export const sizeOff = defineTrigger<SizeOff>({
  id: "size-off",
  title: ({ service }) => `${service} has more than it needs, or less`,
  match: (signal, services) => {
    if (signal.kind !== "due" || signal.what !== "size-off") return undefined;
    const { at, service, why } = signal;
    const size = services.find(({ name }) => name === service)?.size;
    return size && { root: rootOf(size), service, signal: { service, at, why, size } };
  },
  byHand: (services, said) =>
    services.flatMap(({ name: service, size }) =>
      size ? [{ target: service, root: rootOf(size), service, signal: { service, ...said, size } }] : [],
    ),
});

const rootOf = (size: SizeSettings): Resource =>
  size.kind === "ecs" ? resource.ecsService(size.cluster, size.service) : resource.function(size.function);

const resourceOf = (workers: Workers): Resource =>
  workers.kind === "group" ? resource.group(workers.group) : resource.ecsService(workers.cluster, workers.service);
