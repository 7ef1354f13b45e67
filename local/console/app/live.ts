import { useEffect, useState } from "react";
import type { ConsoleState } from "../state.ts";
import { share } from "./share.ts";

/** What the page knows: the latest state, and what is in the way of a newer one. */
export interface Live {
  readonly state?: ConsoleState;
  readonly trouble?: string;
}

/** Follows the server. A lost connection is taken up again by the browser itself, about once a second. */
export function useLive(): Live {
  const [live, setLive] = useState<Live>({});
  useEffect(() => {
    const events = new EventSource("/api/events");
    events.addEventListener("state", ({ data }: MessageEvent<string>) =>
      setLive((was) => ({ state: share(was.state, JSON.parse(data)) as ConsoleState })),
    );
    events.addEventListener("trouble", ({ data }: MessageEvent<string>) =>
      setLive((was) => ({ ...was, trouble: `The stack cannot be read: ${(JSON.parse(data) as { why: string }).why}` })),
    );
    events.addEventListener("error", () => setLive((was) => ({ ...was, trouble: "Connection lost; trying again" })));
    return () => events.close();
  }, []);
  return live;
}
