/** A task of no service on an ECS host. */
export interface StandaloneTask {
  readonly task: string;
  /** The family of its definition. */
  readonly name: string;
  /** Its owner has tagged it `paramedic` = `act`: it may be run a second time. */
  readonly mayRunAgain: boolean;
  /** It has a network interface of its own, whose security groups ECS does not tell. */
  readonly ownNetwork: boolean;
}

/** What is to be run again, and away from where. */
interface Again extends Pick<StandaloneTask, "task" | "name"> {
  readonly cluster: string;
  readonly instance: string;
}

/** How the clusters are called that Batch makes for itself. */
const isBatchs = (cluster: string): boolean => /(^|\/)AWSBatch-|_Batch_/.test(cluster);

/** How many tasks one plan runs again; a GPU host has few. The others are named. */
const againMax = 10;

/**
 * Which standalone tasks of a host that goes are run again, and what people are told of the others.
 *
 * A task may not bear to be done twice, and only its owner knows: so only what is tagged for it is run again. The jobs of
 * Batch (`replacedBy` says who keeps the group, if anybody does) look like such tasks, and are Batch's: a second run of one would be a second job that nobody has submitted.
 */
export function standaloneTasks(
  instance: string,
  on: { readonly cluster: string; readonly standalone: readonly StandaloneTask[] } | undefined,
  replacedBy?: string,
): { readonly again: readonly Again[]; readonly told: readonly string[] } {
  if (!on || on.standalone.length === 0) return { again: [], told: [] };
  const { cluster, standalone: tasks } = on;
  if (replacedBy === "AWS Batch" || isBatchs(cluster)) {
    const jobs =
      `${instance} runs ${tasks.length === 1 ? "a Batch job" : `${tasks.length} Batch jobs`}: Batch starts them again where ` +
      `their retry strategy says so, and what it gives up retry-job looks at.`;
    return { again: [], told: [jobs] };
  }
  const may = tasks.filter(({ mayRunAgain, ownNetwork }) => mayRunAgain && !ownNetwork);
  return {
    again: may.slice(0, againMax).map(({ task, name }) => ({ cluster, task, name, instance })),
    told: [
      ...lineOf(
        tasks.filter(({ mayRunAgain }) => !mayRunAgain),
        instance,
        "not tagged paramedic = act",
      ),
      ...lineOf(
        tasks.filter(({ mayRunAgain, ownNetwork }) => mayRunAgain && ownNetwork),
        instance,
        "in a network of their own, which ECS does not tell",
      ),
      ...lineOf(may.slice(againMax), instance, `more than the ${againMax} that one plan runs again`),
    ],
  };
}

function lineOf(tasks: readonly StandaloneTask[], instance: string, why: string): string[] {
  if (tasks.length === 0) return [];
  const names = [...new Set(tasks.map(({ name }) => name))];
  const shown = names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
  return [`Not run again when ${instance} goes: ${shown} (${why}).`];
}
