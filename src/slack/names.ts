import { circuitsOf } from "../engine/overview.ts";
import type { World } from "../engine/world.ts";
import type { Known } from "./read-command.ts";

/** The names that may be meant in a command. */
export const namesIn = ({ settings, runbooks }: Pick<World, "settings" | "runbooks">): Known => ({
  runbooks: runbooks.map(({ id }) => id),
  services: settings.services.map(({ name }) => name),
  circuits: circuitsOf(settings),
});
