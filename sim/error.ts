/** An error as the SDK shows it: the code is the name. */
export class SimError extends Error {
  override readonly name: string;
  readonly status: number;
  readonly fault: "client" | "server";

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
    this.fault = status < 500 ? "client" : "server";
  }
}

/** Somebody asked for a part of AWS that is not simulated. Said loudly, so that no test passes on an answer nobody wrote. */
export const notSimulated = (what: string): SimError => new SimError("NotSimulated", `not simulated: ${what}`);
