import { z } from "zod";
import { invalid } from "./aws-errors.ts";
import { limits } from "./limits.ts";
import { errorObject, type Operation } from "./operation.ts";

/** One requested transition, as it arrives in a checkpoint. */
export const update = z.object({
  Id: z.string().min(1),
  ParentId: z.string().optional(),
  Name: z.string().optional(),
  SubType: z.string().optional(),
  Type: z.enum(["EXECUTION", "CONTEXT", "STEP", "WAIT", "CALLBACK", "CHAINED_INVOKE"]),
  Action: z.enum(["START", "SUCCEED", "FAIL", "RETRY", "CANCEL"]),
  Payload: z.string().optional(),
  Error: errorObject.optional(),
  ContextOptions: z.object({ ReplayChildren: z.boolean().optional() }).optional(),
  StepOptions: z.object({ NextAttemptDelaySeconds: z.number().optional() }).optional(),
  WaitOptions: z.object({ WaitSeconds: z.number().optional() }).optional(),
  CallbackOptions: z
    .object({ TimeoutSeconds: z.number().optional(), HeartbeatTimeoutSeconds: z.number().optional() })
    .optional(),
  ChainedInvokeOptions: z.object({ FunctionName: z.string(), TenantId: z.string().optional() }).optional(),
});
export type Update = z.infer<typeof update>;

/** The bytes an update adds to what its execution has written. */
export const bytesOf = ({ Payload = "", Error }: Update): number =>
  Buffer.byteLength(Payload) + (Error ? Buffer.byteLength(JSON.stringify(Error)) : 0);

/**
 * Checks what can be said of the updates of one checkpoint together, before any is applied.
 *
 * The rules and their wording are those of AWS's own validators (testing package of the durable SDKs).
 *
 * @throws InvalidParameterValueException
 */
export function checkUpdates(updates: readonly Update[], existing: (id: string) => Operation | undefined): void {
  const ends = updates.filter(({ Type }) => Type === "EXECUTION");
  if (ends.length > 1) throw invalid("Cannot checkpoint multiple EXECUTION updates.");
  if (ends.length === 1 && updates.at(-1) !== ends[0]) throw invalid("EXECUTION checkpoint must be the last update.");

  const seen = new Map<string, Update>();
  for (const one of updates) {
    const before = seen.get(one.Id);
    // A fast step or context arrives with its START and its end in one batch; nothing else may come twice.
    const startThenEnd =
      before?.Action === "START" && one.Action !== "START" && (before.Type === "STEP" || before.Type === "CONTEXT");
    if (before && !startThenEnd) throw invalid("Cannot update the same operation twice in a single request.");
    if (one.ParentId !== undefined) {
      const parent = seen.get(one.ParentId)?.Type ?? existing(one.ParentId)?.type;
      if (parent !== "CONTEXT") throw invalid("Invalid parent operation id.");
    }
    checkSizes(one);
    seen.set(one.Id, one);
  }
}

function checkSizes({ Type, Payload, Error }: Update): void {
  if (Error && Buffer.byteLength(JSON.stringify(Error)) > limits.errorBytes)
    throw invalid(`Error object size must be less than ${limits.errorBytes} bytes.`);
  // The result of the execution itself is checkpointed only when it is too large for an answer.
  if (Type !== "EXECUTION" && Payload !== undefined && Buffer.byteLength(Payload) > limits.payloadBytes)
    throw invalid(`${Type} output payload size must be less than or equal to ${limits.payloadBytes} bytes.`);
}
