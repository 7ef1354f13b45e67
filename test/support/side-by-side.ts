/** Sandboxes spend their time in the SDK's own pauses of 20 ms, so several stories go on at the same time. */
const sideBySide = 12;

/** Tells a story once per moment, several at a time, and names the moment at which a promise was broken. */
export async function atEach<M>(moments: readonly M[], tellAt: (moment: M) => Promise<void>): Promise<void> {
  const left = [...moments];
  const teller = async (): Promise<void> => {
    for (let moment = left.shift(); moment !== undefined; moment = left.shift()) {
      try {
        await tellAt(moment);
      } catch (error) {
        throw new Error(`at ${JSON.stringify(moment)}: ${String(error)}`, { cause: error });
      }
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, teller));
}
