import { randomUUID } from "node:crypto";

/** A checkpoint token: used once, so that of two sandboxes on one execution only the later can write. */
export const newToken: () => string = randomUUID;
