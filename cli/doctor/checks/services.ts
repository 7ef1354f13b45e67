import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { isNamed } from "../../../src/aws/failure.ts";
import type { ServiceSettings, Settings } from "../../../src/settings.ts";
import type { Account } from "../account.ts";
import { advice, type Finding, fine, missing } from "../finding.ts";

/** Whether the latency of every service can be read now. Without it nothing is ever slow, and nothing recovers. */
export async function metrics({ look, settings }: Account): Promise<Finding[]> {
  return await Promise.all(
    settings.services.map(async ({ name, latency }) => {
      const found = await look.latency(name);
      return found.kind === "seen"
        ? fine(name, `its latency is ${Math.round(found.ms)} ms`)
        : missing(
            name,
            found.why,
            `see that the service puts ${latency.namespace} ${latency.name}, and that its dimensions are those of the settings`,
          );
    }),
  );
}

/** Where a service may run, by the names that the settings give. */
const placesOf = ({ name, size, queue, ahead }: ServiceSettings, { clusters }: Settings) => {
  const named = [size, queue?.workers, ahead?.workers].flatMap((one) =>
    one && "cluster" in one ? [{ cluster: one.cluster, service: one.service }] : [],
  );
  return named.length > 0 ? named : clusters.map((cluster) => ({ cluster, service: name }));
};

/**
 * Whether the tasks of every service are given what `paramedic/client` is started with. A level that nobody reads changes
 * nothing but a parameter. What runs elsewhere than in ECS cannot be seen from here.
 */
export async function clients({ aws, settings }: Account): Promise<Finding[]> {
  return await Promise.all(
    settings.services.map(async (service) => {
      const environments = await Promise.all(placesOf(service, settings).map((at) => environmentOf(aws.ecs, at)));
      const found = environments.filter((one) => one !== undefined);
      if (found.length === 0)
        return advice(
          service.name,
          "is no ECS service in the clusters of the settings, so whether it uses paramedic/client cannot be seen",
          "see that it calls level() or circuit(); without it, degrading changes a parameter that nobody reads",
        );
      return found.some((names) => names.includes("PARAMEDIC_TABLE"))
        ? fine(service.name, "its tasks are given what paramedic/client needs")
        : missing(
            service.name,
            "its tasks are not given PARAMEDIC_TABLE, so they cannot use paramedic/client",
            "start the client in the service, and give its task definition PARAMEDIC_TABLE",
          );
    }),
  );
}

/** The names of the variables that the tasks of a service get; `undefined` if there is no such service. */
async function environmentOf(ecs: Account["aws"]["ecs"], { cluster, service }: { cluster: string; service: string }) {
  try {
    const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    const taskDefinition = services[0]?.taskDefinition;
    if (taskDefinition === undefined || services[0]?.status === "INACTIVE") return undefined;
    const { taskDefinition: found } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
    const containers = found?.containerDefinitions ?? [];
    return containers.flatMap(({ environment = [] }) => environment.flatMap(({ name }) => name ?? []));
  } catch (error) {
    if (isNamed(error, "ClusterNotFoundException")) return undefined;
    throw error;
  }
}
