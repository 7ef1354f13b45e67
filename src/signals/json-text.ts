import { z } from "zod";

/** A text that holds JSON, parsed. What is in it is still unknown. */
export const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: `not JSON (${error instanceof Error ? error.message : "unsaid"})` });
    return z.NEVER;
  }
});
