import type { ServerResponse } from "node:http";
import { type Duration, toMs } from "../../src/clock.ts";
import type { ConsoleSource } from "./state.ts";

/** The state as server-sent events: `state` with all of it, `trouble` with a `why` when it cannot be read. */
export interface Feed {
  /** Sends to this response, at once and then after every change, until it is closed. */
  join(response: ServerResponse): void;
  /** Looks again without waiting: something has just been done. */
  lookNow(): void;
  close(): void;
}

/** Reads the state for all listeners together, and only while there are any; sends it when it has changed. */
export function createFeed(source: ConsoleSource, every: Duration): Feed {
  /** Each with what it was sent last. */
  const listeners = new Map<ServerResponse, string>();
  let timer: NodeJS.Timeout | undefined;
  let looking = false;
  let again = false;

  const look = async (): Promise<void> => {
    clearTimeout(timer);
    again = looking;
    if (looking || listeners.size === 0) return;
    looking = true;
    const event = await read(source);
    for (const [listener, sent] of listeners) {
      // One that reads too slowly, such as a page in the background, gets the next state instead of all of them.
      if (sent === event || listener.writableNeedDrain) continue;
      listener.write(event);
      listeners.set(listener, event);
    }
    looking = false;
    if (listeners.size > 0) timer = setTimeout(() => void look(), again ? 0 : toMs(every));
  };

  return {
    join(response) {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      // A console that is started anew is found again within a second.
      response.write("retry: 1000\n\n");
      listeners.set(response, "");
      response.on("close", () => listeners.delete(response));
      void look();
    },
    lookNow: () => void look(),
    close() {
      clearTimeout(timer);
      for (const listener of listeners.keys()) listener.end();
      listeners.clear();
    },
  };
}

/** One event. JSON has no line breaks of its own, so it fits on one `data` line. */
async function read(source: ConsoleSource): Promise<string> {
  try {
    return `event: state\ndata: ${JSON.stringify(await source.state())}\n\n`;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `event: trouble\ndata: ${JSON.stringify({ why })}\n\n`;
  }
}
