import type { z } from "zod";
import { cut } from "./cut.ts";
import type { Unreadable } from "./signal.ts";

/** Enough to recognise what arrived, and little enough for a log line and a Slack message. */
const excerptCharsMax = 500;
/** Three issues with their paths fit; a path may hold a key as long as the sender likes. */
const whyCharsMax = 300;

/** The answer to something that is not what it says it is. */
export function unreadable(why: string, arrived: unknown): Unreadable {
  return { kind: "unreadable", why: cut(why, whyCharsMax), excerpt: cut(toText(arrived), excerptCharsMax) };
}

/** What a schema found wrong, in one line that names the fields: `detail.instance-id: missing`. */
export function whyNot({ issues }: z.ZodError): string {
  const said = issues.slice(0, 3).map(({ path, message }) => {
    const field = path.map(String).join(".");
    return field === "" ? message : `${field}: ${message}`;
  });
  return cut(said.join("; "), whyCharsMax);
}

function toText(arrived: unknown): string {
  if (typeof arrived === "string") return arrived;
  try {
    return JSON.stringify(arrived) ?? typeof arrived;
  } catch {
    // Only JSON comes from AWS. A circle, a bigint or a depth beyond the stack has no text, and its type must do.
    return typeof arrived;
  }
}
