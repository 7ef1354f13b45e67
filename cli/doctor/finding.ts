/**
 * One thing that was looked at. `fine`: as it should be. `advice`: it works, and would work better. `missing`: something
 * that the bot needs is not there, and it will show in an incident. `unknown`: it could not be looked at.
 */
export interface Finding {
  readonly state: "fine" | "advice" | "missing" | "unknown";
  /** What it is about, such as a group or a service. */
  readonly about: string;
  readonly says: string;
  /** What to do about it, as you would tell a colleague. Everything but what is fine has one. */
  readonly wayOut?: string;
}

export const fine = (about: string, says: string): Finding => ({ state: "fine", about, says });
export const advice = (about: string, says: string, wayOut: string): Finding => ({
  state: "advice",
  about,
  says,
  wayOut,
});
export const missing = (about: string, says: string, wayOut: string): Finding => ({
  state: "missing",
  about,
  says,
  wayOut,
});
export const unknown = (about: string, says: string, wayOut: string): Finding => ({
  state: "unknown",
  about,
  says,
  wayOut,
});
