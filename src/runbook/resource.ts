/**
 * Something in the account that an incident is about or that an action touches, as `kind/id`.
 *
 * Locks, limits and correlation compare these texts, so two parts of the bot that mean the same thing must build it here.
 */
export type Resource = `${"instance" | "group" | "service" | "queue" | "target-group" | "alarm"}/${string}`;

export const resource = {
  instance: (id: string): Resource => `instance/${id}`,
  group: (name: string): Resource => `group/${name}`,
  service: (name: string): Resource => `service/${name}`,
  queue: (url: string): Resource => `queue/${url}`,
  targetGroup: (arn: string): Resource => `target-group/${arn}`,
  alarm: (name: string): Resource => `alarm/${name}`,
};

/** Whether a text read from outside is one of ours. */
export function isResource(text: string): text is Resource {
  return /^(instance|group|service|queue|target-group|alarm)\/.+$/.test(text);
}
