/** The address that every EC2 instance sees itself at; outside EC2 nobody answers there. */
const metadata = "http://169.254.169.254/latest";
/** On an instance it answers within milliseconds; elsewhere a worker must not wait for nobody. */
const answerMs = 500;

/**
 * The EC2 instance this process runs on: `PARAMEDIC_INSTANCE_ID` if that is set, else what the instance metadata service
 * (IMDSv2) says. `undefined` when nobody answers there, as on Fargate, in Lambda and on a laptop.
 */
export function instanceIdFrom(env: NodeJS.ProcessEnv, ask: typeof fetch = fetch): () => Promise<string | undefined> {
  return async () => {
    if (env.PARAMEDIC_INSTANCE_ID) return env.PARAMEDIC_INSTANCE_ID;
    try {
      const limit = AbortSignal.timeout(answerMs);
      const token = await ask(`${metadata}/api/token`, {
        method: "PUT",
        headers: { "x-aws-ec2-metadata-token-ttl-seconds": "60" },
        signal: limit,
      });
      const answer = await ask(`${metadata}/meta-data/instance-id`, {
        headers: { "x-aws-ec2-metadata-token": await token.text() },
        signal: limit,
      });
      return answer.ok ? (await answer.text()).trim() : undefined;
    } catch (error) {
      // Nobody there, or nobody for us (a hop limit of 1 hides it from containers): there is no instance we know of.
      if (error instanceof TypeError || (error instanceof Error && error.name === "TimeoutError")) return undefined;
      throw error;
    }
  };
}
