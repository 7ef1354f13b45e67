import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { z } from "zod";
import { type Operation, dueAt, operation } from "./operation.ts";

export const executionStatus = z.enum(["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED"]);
export type ExecutionStatus = z.infer<typeof executionStatus>;

const execution = z.object({
  arn: z.string(),
  fn: z.string(),
  name: z.string(),
  id: z.string(),
  payload: z.string(),
  status: executionStatus,
  result: z.string().nullable(),
  error: z.string().nullable(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  expiresAt: z.number().nullable(),
  /** When the function is to be invoked; `null` while it is asleep or at work. */
  invokeAt: z.number().nullable(),
  inFlight: z.number().transform(Boolean),
  /** What the next checkpoint must show. `null` when nobody may write. */
  token: z.string().nullable(),
  /** Counts changes of operations; `seen` is how many of them the handler has been told. */
  revision: z.number(),
  seen: z.number(),
  invocations: z.number(),
  /** Invocations in a row that ended in an error or a crash. */
  failures: z.number(),
  operations: z.number(),
  writtenBytes: z.number(),
  parentArn: z.string().nullable(),
  parentOperation: z.string().nullable(),
});
export type Execution = z.infer<typeof execution>;
type Column = keyof Execution;

const kept = z.object({
  arn: z.string(),
  revised: z.number(),
  pruned: z.number().transform(Boolean),
  body: z.string(),
});
/** An operation in its place. Pruned ones are behind a finished context: kept to be looked at, never sent to a handler. */
export interface Kept {
  readonly arn: string;
  readonly revised: number;
  readonly pruned: boolean;
  readonly op: Operation;
}
const toKept = (row: unknown): Kept => {
  const { body, ...rest } = kept.parse(row);
  return { ...rest, op: operation.parse(JSON.parse(body)) };
};

const job = z.object({
  id: z.string(),
  fn: z.string(),
  payload: z.string(),
  failures: z.number(),
  parentArn: z.string().nullable(),
  parentOperation: z.string().nullable(),
});
/** An asynchronous invocation of an ordinary function. */
export type Job = z.infer<typeof job>;

const statusEvent = z.object({ id: z.string(), at: z.number(), failures: z.number(), body: z.string() });
export type KeptStatusEvent = z.infer<typeof statusEvent>;

const moment = z.object({ at: z.number().nullable() });
const count = z.object({ n: z.number() });
const historyRow = z.object({ eventId: z.number(), at: z.number(), body: z.string() });

// `IS NOT NULL` lets SQLite answer each of them from its partial index.
const nextDueSql = `SELECT min(at) AS at FROM (${[
  ["due", "operations"],
  ["expiresAt", "executions"],
  ["invokeAt", "executions"],
  ["due", "jobs"],
  ["due", "statusEvents"],
]
  .map(([at, table]) => `SELECT min(${at}) AS at FROM ${table} WHERE ${at} IS NOT NULL`)
  .join(" UNION ALL ")})`;

/** Rows in and out of the file. Says nothing about what may happen to them; nothing else speaks SQL. */
export class Store {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #after: (() => void)[] | undefined;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** All of `work` or nothing of it. A transaction within one joins it. */
  transaction<T>(work: () => T): T {
    if (this.#after) return work();
    const after: (() => void)[] = [];
    this.#after = after;
    this.#prepare("BEGIN").run();
    let result: T;
    try {
      result = work();
      this.#prepare("COMMIT").run();
    } catch (error) {
      this.#prepare("ROLLBACK").run();
      throw error;
    } finally {
      this.#after = undefined;
    }
    for (const fn of after) fn();
    return result;
  }

  /** Calls `fn` once what is being written is safe, or never if it is rolled back. */
  afterCommit(fn: () => void): void {
    if (this.#after) this.#after.push(fn);
    else fn();
  }

  addExecution(row: Partial<Record<Column, SQLInputValue>>): void {
    const columns = Object.keys(row);
    const marks = columns.map((column) => `:${column}`);
    this.#run(`INSERT INTO executions (${columns.join()}) VALUES (${marks.join()})`, row);
  }

  patchExecution(arn: string, patch: Partial<Record<Column, SQLInputValue>>): void {
    const sets = Object.keys(patch).map((column) => `${column} = :${column}`);
    this.#run(`UPDATE executions SET ${sets.join()} WHERE arn = :arn`, { ...patch, arn });
  }

  execution(arn: string): Execution | undefined {
    return this.#one(execution, "SELECT * FROM executions WHERE arn = :arn", { arn });
  }

  executionNamed(name: string, fn?: string): Execution | undefined {
    const sql = `SELECT * FROM executions WHERE name = :name AND fn = coalesce(:fn, fn) ORDER BY startedAt DESC LIMIT 1`;
    return this.#one(execution, sql, { name, fn: fn ?? null });
  }

  executions(): Execution[] {
    return this.#all(execution, "SELECT * FROM executions ORDER BY startedAt, rowid", {});
  }

  /** Those whose time to end has come, or whose time to be invoked. */
  due(what: "expiresAt" | "invokeAt", now: number): Execution[] {
    return this.#all(execution, `SELECT * FROM executions WHERE ${what} <= :now ORDER BY ${what}, rowid`, { now });
  }

  /** Removes an execution and all that is known of it. */
  forget(arn: string): void {
    for (const table of ["operations", "history", "executions"])
      this.#run(`DELETE FROM ${table} WHERE arn = :arn`, { arn });
  }

  putOperation(arn: string, op: Operation, { revised, pruned }: { revised: number; pruned: boolean }): void {
    this.#run(
      `INSERT INTO operations (arn, id, parentId, callbackId, due, revised, pruned, body)
       VALUES (:arn, :id, :parentId, :callbackId, :due, :revised, :pruned, :body)
       ON CONFLICT (arn, id) DO UPDATE SET due = :due, revised = :revised, pruned = :pruned, body = :body`,
      {
        arn,
        id: op.id,
        parentId: op.parentId ?? null,
        callbackId: op.type === "CALLBACK" ? op.callbackId : null,
        due: pruned ? null : (dueAt(op) ?? null),
        revised,
        pruned: pruned ? 1 : 0,
        body: JSON.stringify(op),
      },
    );
  }

  operation(arn: string, id: string): Kept | undefined {
    return this.#operations("arn = :arn AND id = :id", { arn, id })[0];
  }

  operationOfCallback(callbackId: string): Kept | undefined {
    return this.#operations("callbackId = :callbackId", { callbackId })[0];
  }

  /** In the order they were started. */
  operations(arn: string): Kept[] {
    return this.#operations("arn = :arn", { arn });
  }

  operationsRevisedAfter(arn: string, revised: number): Kept[] {
    return this.#operations("arn = :arn AND revised > :revised AND pruned = 0", { arn, revised });
  }

  dueOperations(now: number): Kept[] {
    return this.#operations("due <= :now", { now }, "due, rowid");
  }

  /** Takes everything below a finished context out of the handler's sight, and its timers off the clock. */
  prune(arn: string, contextId: string): void {
    this.#run(
      `WITH RECURSIVE below (id) AS (
         SELECT id FROM operations WHERE arn = :arn AND parentId = :contextId
         UNION SELECT o.id FROM operations o JOIN below ON o.parentId = below.id WHERE o.arn = :arn)
       UPDATE operations SET pruned = 1, due = NULL WHERE arn = :arn AND id IN (SELECT id FROM below)`,
      { arn, contextId },
    );
  }

  /** Takes the timers of an execution that has ended off the clock. */
  quieten(arn: string): void {
    this.#run("UPDATE operations SET due = NULL WHERE arn = :arn AND due IS NOT NULL", { arn });
  }

  addHistory(arn: string, at: number, body: string): void {
    this.#run(
      `INSERT INTO history (arn, eventId, at, body)
       SELECT :arn, coalesce(max(eventId), 0) + 1, :at, :body FROM history WHERE arn = :arn`,
      { arn, at, body },
    );
  }

  history(arn: string): z.infer<typeof historyRow>[] {
    return this.#all(historyRow, "SELECT eventId, at, body FROM history WHERE arn = :arn ORDER BY eventId", { arn });
  }

  addJob(row: Omit<Job, "failures"> & { due: number }): void {
    this.#run(
      `INSERT INTO jobs (id, fn, payload, due, parentArn, parentOperation)
       VALUES (:id, :fn, :payload, :due, :parentArn, :parentOperation)`,
      row,
    );
  }

  dueJobs(now: number): Job[] {
    return this.#all(job, "SELECT * FROM jobs WHERE due <= :now ORDER BY due, rowid", { now });
  }

  /** `due: null` means that it is being run. */
  patchJob(id: string, { due, failures }: { due: number | null; failures: number }): void {
    this.#run("UPDATE jobs SET due = :due, failures = :failures WHERE id = :id", { id, due, failures });
  }

  removeJob(id: string): void {
    this.#run("DELETE FROM jobs WHERE id = :id", { id });
  }

  addStatusEvent(id: string, at: number, body: string): void {
    this.#run("INSERT INTO statusEvents (id, at, due, body) VALUES (:id, :at, :at, :body)", { id, at, body });
  }

  dueStatusEvents(now: number): KeptStatusEvent[] {
    return this.#all(statusEvent, "SELECT * FROM statusEvents WHERE due <= :now ORDER BY due, rowid", { now });
  }

  patchStatusEvent(id: string, { due, failures }: { due: number | null; failures: number }): void {
    this.#run("UPDATE statusEvents SET due = :due, failures = :failures WHERE id = :id", { id, due, failures });
  }

  removeStatusEvent(id: string): void {
    this.#run("DELETE FROM statusEvents WHERE id = :id", { id });
  }

  /** The next time at which anything is to be done. */
  nextDue(): number | undefined {
    return this.#one(moment, nextDueSql, {})?.at ?? undefined;
  }

  /** Gives back what a process that is gone had in its hands: all of it is to be done now. */
  reclaim(now: number): void {
    this.#run("UPDATE executions SET inFlight = 0, token = NULL, invokeAt = :now WHERE inFlight = 1", { now });
    this.#run("UPDATE jobs SET due = :now WHERE due IS NULL", { now });
    this.#run("UPDATE statusEvents SET due = :now WHERE due IS NULL", { now });
  }

  /** Whether anything in the file still wants to be done. */
  hasUnfinished(): boolean {
    const sql = `SELECT (SELECT count(*) FROM executions WHERE status = 'RUNNING') + (SELECT count(*) FROM jobs)
      + (SELECT count(*) FROM statusEvents) AS n`;
    return (this.#one(count, sql, {})?.n ?? 0) > 0;
  }

  /** The latest time that anything in the file was written at. */
  lastMoment(): number | undefined {
    return this.#one(moment, "SELECT max(at) AS at FROM history", {})?.at ?? undefined;
  }

  close(): void {
    this.#db.close();
  }

  #operations(where: string, values: Record<string, SQLInputValue>, order = "rowid"): Kept[] {
    const sql = `SELECT arn, revised, pruned, body FROM operations WHERE ${where} ORDER BY ${order}`;
    return this.#prepare(sql).all(values).map(toKept);
  }

  #one<T>(schema: z.ZodType<T>, sql: string, values: Record<string, SQLInputValue>): T | undefined {
    const row = this.#prepare(sql).get(values);
    return row === undefined ? undefined : schema.parse(row);
  }

  #all<T>(schema: z.ZodType<T>, sql: string, values: Record<string, SQLInputValue>): T[] {
    return this.#prepare(sql)
      .all(values)
      .map((row) => schema.parse(row));
  }

  #run(sql: string, values: Record<string, SQLInputValue>): void {
    this.#prepare(sql).run(values);
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
