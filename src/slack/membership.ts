import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Clicker } from "../engine/people.ts";
import type { World } from "../engine/world.ts";
import { slackFailed } from "./failure.ts";

/** How long an answer of Slack's about people is believed: who has left a group decides no longer than this. */
const believedMs = 60_000;

/** The whole click has 3 s, cold start included. */
const patienceMs = 1_000;

const members = z.object({ users: z.array(z.string()) });
const profile = z.object({
  user: z.object({
    team_id: z.string().optional(),
    name: z.string().optional(),
    real_name: z.string().optional(),
    profile: z.object({ display_name: z.string().optional() }).optional(),
    deleted: z.boolean().optional(),
    is_bot: z.boolean().optional(),
    is_stranger: z.boolean().optional(),
    is_restricted: z.boolean().optional(),
    is_ultra_restricted: z.boolean().optional(),
  }),
});

/**
 * Finds out in which user groups of the settings somebody is as they click. Never throws.
 *
 * Who is named in the settings needs none of it, so nobody who may decide by name has to wait for Slack. What Slack does not
 * tell within a second counts as no membership, and the refusal says so. Guests, bots, people who have left and people of
 * other workspaces are members of nothing, whatever the group says. Needs the scopes `usergroups:read` and `users:read`.
 */
export function createMembership({
  client,
  world: { settings, clock, log },
}: {
  client: WebClient;
  world: Pick<World, "settings" | "clock" | "log">;
}): (who: Clicker) => Promise<Clicker> {
  const groups = [...new Set(settings.approvers.flatMap(({ group }) => group ?? []))];
  const named = new Set(settings.approvers.filter(mayAll).flatMap(({ slack }) => slack ?? []));
  const known = new Map<string, { readonly at: number; readonly answer: unknown }>();

  const ask = async <T>(what: string, shape: z.ZodType<T>, call: () => Promise<unknown>): Promise<T> => {
    const last = known.get(what);
    if (last && clock.now() - last.at < believedMs) return shape.parse(last.answer);
    const answer = await inTime(call());
    known.set(what, { at: clock.now(), answer });
    return shape.parse(answer);
  };
  const membersOf = async (usergroup: string) =>
    (await ask(usergroup, members, () => client.usergroups.users.list({ usergroup }))).users;

  return async (who) => {
    if (groups.length === 0 || named.has(who.id) || who.team !== settings.team) return who;
    try {
      const lists = await Promise.all(groups.map(membersOf));
      const found = groups.filter((_, at) => lists[at]?.includes(who.id));
      if (found.length === 0) return who;
      const { user } = await ask(who.id, profile, () => client.users.info({ user: who.id }));
      if (user.is_restricted || user.is_ultra_restricted || user.is_stranger || user.is_bot || user.deleted) {
        return { ...who, noGroups: "You are in a group that may, but guests may not decide." };
      }
      if (user.team_id !== undefined && user.team_id !== settings.team) {
        return { ...who, noGroups: "You are in a group that may, but your workspace is another one." };
      }
      const name = [user.profile?.display_name, user.real_name, user.name].find((given) => given?.trim());
      return { ...who, groups: found, ...(name !== undefined && { name: name.slice(0, 60) }) };
    } catch (error) {
      log("warn", "user groups cannot be read", { by: who.id, error: slackFailed("reading groups", error).message });
      const noGroups =
        "Slack does not say now who is in the groups that may, so only those may decide who are named themselves.";
      return { ...who, noGroups };
    }
  };
}

/** Whose own entry allows everything: no group could add to it. */
const mayAll = ({ slack, may, services, risk }: World["settings"]["approvers"][number]): boolean =>
  slack !== undefined && may.includes("*") && services.includes("*") && risk === "high";

async function inTime<T>(asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
