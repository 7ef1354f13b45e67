import { z } from "zod";
import { BotError } from "../bot-error.ts";
import type { Clock } from "../clock.ts";
import type { Json } from "../json.ts";
import { change, readBody, type Table } from "../aws/table.ts";
import { type Incident, incident, incidentId, incidentKey, isClosed, rootHash } from "./incident.ts";

/** What is known of trouble when it is first heard of. */
export interface Trouble {
  readonly root: string;
  readonly service?: string;
  readonly runbook: string;
  readonly trigger: string;
  readonly title: string;
  readonly signal: Json;
  /** By the event's own time, in milliseconds. */
  readonly beganAt: number;
  readonly deadlineAt?: number;
  /** The incident of something else that this trouble belongs to as well. */
  readonly partOf?: string;
  /** The person who asked for it, by Slack's id, if it is no event that brought it. */
  readonly requestedBy?: string;
  /** This can happen to the root resource only once (an instance is taken back once): what was acted on is not acted on again. */
  readonly once?: boolean;
}

/** What became of trouble that was reported: a new incident, or one more event of an incident that is known. */
export interface Reported {
  readonly incident: Incident;
  readonly isNew: boolean;
}

const aliasBody = z.object({ root: z.string() });
const aliasKey = (name: string) => ({ pk: `alias#${rootHash(name)}`, sk: "alias" });

/** What happens to a resource soon after its incident was closed is still part of it: stopped tasks, failed jobs. */
const joinsForMs = 600_000;

/** Names of the lists in which incidents are found again, newest first: nobody has to look through the past for the present. */
const listOf = (found: Incident): string => (isClosed(found) ? "closed-incidents" : "open-incidents");
const lists = ["open-incidents", "closed-incidents"];

/** The incidents in the table. All writes are conditional on the version that was read. */
export interface Incidents {
  report(trouble: Trouble): Promise<Reported>;
  get(id: string): Promise<Incident>;
  /** Remembers another name of a root resource, for events that speak of it by that name. */
  alias(name: string, root: string): Promise<void>;
  /**
   * Adds an event to the incident it is about, if there is one: an incident of this resource, by its own or another name,
   * that is open or was closed at most ten minutes before the event.
   */
  join(resource: string, at: number): Promise<Incident | undefined>;
  /** Whether an incident of this root resource is open now. */
  isOpen(root: string): Promise<boolean>;
  update(id: string, change: (was: Incident) => Incident): Promise<Incident>;
  /** Those that are not closed, newest first. */
  open(limit: number): Promise<Incident[]>;
  /** The newest, open or closed. */
  recent(limit: number): Promise<Incident[]>;
}

/** Whether trouble that began at `beganAt` is part of this incident. */
function belongsTo(last: Incident, beganAt: number, once: boolean): boolean {
  return !isClosed(last) || beganAt <= last.phase.at || (once && last.firstActionAt !== undefined);
}

/**
 * One incident per episode and root resource.
 *
 * An event belongs to the episode during which it happened, by its own time, however late or often it arrives: while an
 * incident is open, every event about its root resource joins it; an event from before the last incident was closed
 * joins that one; only an event from after that opens the next. Joining changes nothing but the counter `seen`.
 */
export function createIncidents(table: Table, clock: Clock): Incidents {
  const latest = async (root: string): Promise<Incident | undefined> => {
    const [item] = await table.query(`incident#${rootHash(root)}`, { newestFirst: true, limit: 1 });
    return item && readBody(item, incident);
  };

  const listed = async (list: string, limit: number): Promise<Incident[]> =>
    (await table.recent(list, { limit })).map((item) => readBody(item, incident));

  const update: Incidents["update"] = async (id, make) => {
    const written = await change(table, incidentKey(id), incident, (was) => {
      if (!was) throw new BotError("not_found", `updating incident ${id}: there is no such incident`, { incident: id });
      const body = make(was);
      return body === was ? undefined : { body, list: listOf(body) };
    });
    if (!written)
      throw new BotError("not_found", `updating incident ${id}: there is no such incident`, { incident: id });
    return written;
  };

  return {
    async report({ once = false, ...trouble }) {
      for (;;) {
        const last = await latest(trouble.root);
        if (last && belongsTo(last, trouble.beganAt, once)) {
          await table.increment(incidentKey(last.id), "seen");
          return { incident: { ...last, seen: last.seen + 1 }, isNew: false };
        }
        const episode = (last?.episode ?? 0) + 1;
        const opened: Incident = {
          ...trouble,
          id: incidentId(trouble.root, episode),
          episode,
          openedAt: clock.now(),
          seen: 1,
          phase: { state: "open" },
        };
        const { pk, sk } = incidentKey(opened.id);
        if (await table.create({ pk, sk, body: opened, list: listOf(opened), at: opened.openedAt })) {
          return { incident: opened, isNew: true };
        }
        // Somebody else opened the same episode in between: look again and join it.
      }
    },
    async alias(name, root) {
      await change(table, aliasKey(name), aliasBody, (was) => (was?.root === root ? undefined : { body: { root } }));
    },
    async join(resource, at) {
      const known = await table.get(aliasKey(resource));
      const last = await latest(known ? readBody(known, aliasBody).root : resource);
      if (!last || (isClosed(last) && at > last.phase.at + joinsForMs)) return undefined;
      await table.increment(incidentKey(last.id), "seen");
      return { ...last, seen: last.seen + 1 };
    },
    async isOpen(root) {
      const last = await latest(root);
      return last !== undefined && !isClosed(last);
    },
    async get(id) {
      const item = await table.get(incidentKey(id));
      if (!item) throw new BotError("not_found", `reading incident ${id}: there is no such incident`, { incident: id });
      return readBody(item, incident);
    },
    update,
    open: async (limit) => await listed("open-incidents", limit),
    recent: async (limit) => {
      const all = await Promise.all(lists.map((list) => listed(list, limit)));
      return all
        .flat()
        .sort((a, b) => b.openedAt - a.openedAt)
        .slice(0, limit);
    },
  };
}
