import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { BotError } from "../src/bot-error.ts";

const template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      DeletionPolicy: z.string().optional(),
      Properties: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});

/** One resource of the packaged stack. */
export interface Packaged {
  /** Its logical id in the template. */
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** It stays in the account when the stack is removed. */
  readonly retained: boolean;
}

/** Where `npm run package` leaves the stack. */
export const packageFolder = "dist/package";
const file = "cloudformation-template-update-stack.json";

/**
 * The resources of the stack, as `npm run package` has made them.
 *
 * @throws BotError `bad_input` when nothing has been packaged there.
 */
export function readPackaged(folder: string): Packaged[] {
  let text: string;
  try {
    text = readFileSync(join(folder, file), "utf8");
  } catch (error) {
    const wayOut = "Run npm run package first, or name its folder with --package";
    throw new BotError("bad_input", `reading ${join(folder, file)}: it is not there. ${wayOut}`, { cause: error });
  }
  const { Resources } = template.parse(JSON.parse(text));
  return Object.entries(Resources).map(([id, { Type: type, Properties: properties, DeletionPolicy }]) => ({
    id,
    type,
    properties,
    retained: DeletionPolicy === "Retain",
  }));
}
