import { buildClient } from "./client-package.ts";

// `npm run build:client`: what workloads install is then in dist/client; `npm pack ./dist/client` makes a file of it.
await buildClient("dist/client");
