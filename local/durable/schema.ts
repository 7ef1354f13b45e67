import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { BotError } from "../../src/bot-error.ts";

/** Raised when the tables change; a file of another version is refused, not guessed at. */
const fileVersion = 1;

/**
 * Everything that shall happen later is a time in a column with an index, so no timer is ever only in memory:
 * `operations.due` (retries, waits, callback timeouts), `executions.expiresAt`, `executions.invokeAt`, `jobs.due` and
 * `statusEvents.due`. NULL means: nothing to do, or somebody is at it.
 */
const tables = `
  CREATE TABLE executions (
    arn TEXT PRIMARY KEY, fn TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL,
    status TEXT NOT NULL, result TEXT, error TEXT, startedAt INTEGER NOT NULL, endedAt INTEGER,
    expiresAt INTEGER, invokeAt INTEGER, inFlight INTEGER NOT NULL DEFAULT 0, token TEXT,
    revision INTEGER NOT NULL DEFAULT 0, seen INTEGER NOT NULL DEFAULT 0,
    invocations INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
    operations INTEGER NOT NULL DEFAULT 0, writtenBytes INTEGER NOT NULL DEFAULT 0,
    parentArn TEXT, parentOperation TEXT,
    UNIQUE (fn, name)
  );
  CREATE INDEX executionsExpire ON executions (expiresAt) WHERE expiresAt IS NOT NULL;
  CREATE INDEX executionsInvoke ON executions (invokeAt) WHERE invokeAt IS NOT NULL;
  CREATE TABLE operations (
    arn TEXT NOT NULL, id TEXT NOT NULL, parentId TEXT, callbackId TEXT, due INTEGER,
    revised INTEGER NOT NULL, pruned INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL,
    PRIMARY KEY (arn, id)
  );
  CREATE INDEX operationsDue ON operations (due) WHERE due IS NOT NULL;
  CREATE INDEX operationsRevised ON operations (arn, revised);
  CREATE UNIQUE INDEX operationsCallback ON operations (callbackId) WHERE callbackId IS NOT NULL;
  CREATE TABLE history (
    arn TEXT NOT NULL, eventId INTEGER NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (arn, eventId)
  ) WITHOUT ROWID;
  CREATE TABLE jobs (
    id TEXT PRIMARY KEY, fn TEXT NOT NULL, payload TEXT NOT NULL, due INTEGER, failures INTEGER NOT NULL DEFAULT 0,
    parentArn TEXT, parentOperation TEXT
  );
  CREATE INDEX jobsDue ON jobs (due) WHERE due IS NOT NULL;
  CREATE TABLE statusEvents (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, due INTEGER, failures INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL
  );
  CREATE INDEX statusEventsDue ON statusEvents (due) WHERE due IS NOT NULL;
`;

/**
 * Opens the file, makes it and its folder if need be, and keeps everybody else out until it is closed.
 *
 * A second service on one file would run every step twice. The lock is the operating system's and dies with the process.
 *
 * @throws BotError `bad_setting` when the file is in use, or was written by another version
 */
export function openDatabase(file: string): DatabaseSync {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file);
  try {
    // NORMAL with WAL: a commit survives kill -9; only a power cut may take the last ones.
    db.exec("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
    db.exec("BEGIN EXCLUSIVE");
    const found = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (found === 0) db.exec(`${tables} PRAGMA user_version=${fileVersion};`);
    db.exec("COMMIT");
    if (found !== 0 && found !== fileVersion)
      throw new BotError("bad_setting", `opening ${file}: it was written by version ${found}, this is ${fileVersion}`);
    return db;
  } catch (error) {
    db.close();
    if (error instanceof BotError) throw error;
    throw new BotError("bad_setting", `opening ${file}: another process has it, or it is no database`, {
      cause: error,
      file,
    });
  }
}
