/** dynalite comes without types; this is as much of it as we use. */
declare module "dynalite" {
  import type { Server } from "node:http";
  interface Options {
    /** Folder of the store; in memory without. */
    readonly path?: string;
    readonly createTableMs?: number;
  }
  export default function dynalite(options?: Options): Server;
}
