import type { SettingsInput } from "../../src/settings.ts";

/** Settings as the text of `paramedic.config.ts`, in the words a person would write them in. */
export function toSource(settings: SettingsInput): string {
  return `import { defineSettings } from "./src/settings.ts";

/**
 * What this installation looks after. Everything that can be said is in src/settings.ts; \`npm run package\` checks it.
 *
 * No runbook has any autonomy yet: it observes, and says what it would do. Give it some by name, such as
 * \`{ "spot-interruption": "approve" }\`, when you have seen what it says.
 */
export default defineSettings(${literal(settings, 0)});
`;
}

const isName = /^[A-Za-z_$][\w$]*$/;

/** A value as a TypeScript literal, in the form that the formatter gives it when lines are short. */
function literal(value: unknown, depth: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Array.isArray(value)
    ? value.map((one) => literal(one, depth + 1))
    : Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .map(([key, one]) => `${isName.test(key) ? key : JSON.stringify(key)}: ${literal(one, depth + 1)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) return open + close;
  const pad = Array.isArray(value) ? "" : " ";
  const short = `${open}${pad}${entries.join(", ")}${pad}${close}`;
  // 120 is the formatter's width; a key of some length stands before it.
  if (depth > 0 && !short.includes("\n") && short.length + depth * 2 < 90) return short;
  const indent = "  ".repeat(depth + 1);
  return `${open}\n${entries.map((entry) => `${indent}${entry},\n`).join("")}${"  ".repeat(depth)}${close}`;
}
