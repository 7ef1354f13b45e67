import { DescribeServicesCommand, DescribeTaskDefinitionCommand, type Service } from "@aws-sdk/client-ecs";
import { z } from "zod";
import { BotError } from "../bot-error.ts";
import type { Aws } from "./clients.ts";
import { isNamed } from "./failure.ts";

/** An ECS service that is active. `undefined`: it, or its cluster, is gone. */
export async function readService({ ecs }: Aws, cluster: string, name: string): Promise<Service | undefined> {
  try {
    const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [name] }));
    return services.find(({ status }) => status === "ACTIVE");
  } catch (error) {
    if (isNamed(error, "ClusterNotFoundException")) return undefined;
    throw error;
  }
}

/** An ECS service that has to be there. @throws BotError `not_found` when it is not. */
export async function findService(aws: Aws, cluster: string, name: string): Promise<Service> {
  const found = await readService(aws, cluster, name);
  if (!found) throw new BotError("not_found", `looking at service ${name} in ${cluster}: there is none`, { cluster });
  return found;
}

/** What a task on Fargate is paid for by. A task on an instance adds nothing to the bill: the instance is there. */
export const fargateTask = z.object({ vcpu: z.number(), memoryGb: z.number() });

/** What a task of the service is given on Fargate; `undefined` for one whose tasks run on instances. */
export async function fargateSize({ ecs }: Aws, service: Service): Promise<z.infer<typeof fargateTask> | undefined> {
  const { launchType, capacityProviderStrategy = [], taskDefinition } = service;
  const isFargate =
    launchType === "FARGATE" ||
    capacityProviderStrategy.some(({ capacityProvider = "" }) => capacityProvider.startsWith("FARGATE"));
  if (!isFargate || taskDefinition === undefined) return undefined;
  const { taskDefinition: found } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  return { vcpu: Number(found?.cpu) / 1024, memoryGb: Number(found?.memory) / 1024 };
}
