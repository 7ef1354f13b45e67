import { z } from "zod";

/** An error as it is kept and sent: class, own fields and `instanceof` do not survive a checkpoint. */
export const errorObject = z.object({
  ErrorMessage: z.string().optional(),
  ErrorType: z.string().optional(),
  ErrorData: z.string().optional(),
  StackTrace: z.array(z.string()).optional(),
});
export type ErrorObject = z.infer<typeof errorObject>;

const everyone = {
  /** Made by the SDK: a hash of the position in the code. Position is identity. */
  id: z.string(),
  parentId: z.string().optional(),
  name: z.string().optional(),
  subType: z.string().optional(),
  startedAt: z.number(),
  endedAt: z.number().optional(),
};
const outcome = { result: z.string().optional(), error: errorObject.optional() };

/** One operation of an execution, as kept. Times are milliseconds on the service's clock. */
export const operation = z.discriminatedUnion("type", [
  z.object({
    ...everyone,
    ...outcome,
    type: z.literal("STEP"),
    /** PENDING waits for its next attempt, READY may begin it. */
    status: z.enum(["STARTED", "PENDING", "READY", "SUCCEEDED", "FAILED"]),
    /** Attempts that have ended. */
    attempt: z.number(),
    nextAttemptAt: z.number().optional(),
  }),
  z.object({
    ...everyone,
    type: z.literal("WAIT"),
    status: z.enum(["STARTED", "SUCCEEDED", "CANCELLED"]),
    seconds: z.number(),
    endsAt: z.number(),
  }),
  z.object({
    ...everyone,
    ...outcome,
    type: z.literal("CALLBACK"),
    status: z.enum(["STARTED", "SUCCEEDED", "FAILED", "TIMED_OUT"]),
    callbackId: z.string(),
    timeoutSeconds: z.number().optional(),
    timesOutAt: z.number().optional(),
    heartbeatSeconds: z.number().optional(),
    /** When the next sign of life must have come. */
    heartbeatBy: z.number().optional(),
  }),
  z.object({
    ...everyone,
    ...outcome,
    type: z.literal("CONTEXT"),
    status: z.enum(["STARTED", "SUCCEEDED", "FAILED"]),
    /** Its children are kept for replay, because its own result was too large to be. */
    replayChildren: z.boolean(),
  }),
  z.object({
    ...everyone,
    ...outcome,
    type: z.literal("CHAINED_INVOKE"),
    status: z.enum(["STARTED", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED"]),
    functionName: z.string(),
    payload: z.string().optional(),
  }),
]);
export type Operation = z.infer<typeof operation>;
export type OperationOf<T extends Operation["type"]> = Extract<Operation, { type: T }>;

/** When time alone will change this operation, if it will. */
export function dueAt(op: Operation): number | undefined {
  switch (op.type) {
    case "STEP":
      return op.status === "PENDING" ? op.nextAttemptAt : undefined;
    case "WAIT":
      return op.status === "STARTED" ? op.endsAt : undefined;
    case "CALLBACK": {
      const ends = [op.timesOutAt, op.heartbeatBy].filter((at) => at !== undefined);
      return op.status === "STARTED" && ends.length > 0 ? Math.min(...ends) : undefined;
    }
    case "CONTEXT":
    case "CHAINED_INVOKE":
      return undefined;
  }
}

/** The operation after its time has come: a retry is ready, a wait is over, a callback has timed out. */
export function wake(op: Operation, now: number): Operation {
  const due = dueAt(op);
  if (due === undefined || due > now) return op;
  switch (op.type) {
    case "STEP":
      return { ...op, status: "READY", nextAttemptAt: undefined };
    case "WAIT":
      return { ...op, status: "SUCCEEDED", endedAt: now };
    case "CALLBACK": {
      const ErrorMessage = due === op.timesOutAt ? "Callback timed out" : "Callback timed out on heartbeat";
      return { ...op, status: "TIMED_OUT", endedAt: now, error: { ErrorMessage, ErrorType: "Callback.Timeout" } };
    }
    case "CONTEXT":
    case "CHAINED_INVOKE":
      return op;
  }
}

/** Whether something outside the handler will still move this operation, so that an execution may sleep on it. */
export function isAwaited(op: Operation): boolean {
  switch (op.type) {
    case "STEP":
      return op.status === "PENDING";
    case "WAIT":
    case "CALLBACK":
    case "CHAINED_INVOKE":
      return op.status === "STARTED";
    case "CONTEXT":
      return false;
  }
}
