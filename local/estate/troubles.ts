/**
 * What can be wrong with the estate until somebody ends it. `slow`: the model behind the chat service is browned out.
 * `provider`: the provider of that model fails every call. `leak`: the chat service leaks memory.
 */
export const troubles = ["slow", "provider", "leak"] as const;
export type Trouble = (typeof troubles)[number];

/** Whether something is wrong now. */
export type IsOn = (trouble: Trouble) => boolean;
