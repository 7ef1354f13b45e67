import type { Series } from "./signal.ts";

/** The tokens of one agent, operation, provider, model and direction. */
export interface TokenSeries {
  /** Of the agent. */
  readonly name: string;
  readonly operation: string;
  readonly provider: string;
  readonly model: string;
  readonly type: "input" | "output";
}

/**
 * The OpenTelemetry GenAI conventions' name and unit. Conventions newer than 1.42 also have two counters in its place
 * (`gen_ai.client.inference.usage.input_tokens` and `…output_tokens`); what instruments send today is this one.
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md
 */
export const tokenMetric = { name: "gen_ai.client.token.usage", unit: "{token}" } as const;

/** The dimensions under which a meter reports tokens, and under which whoever looks for them finds them. */
export const tokenDimensions = ({ name, operation, provider, model, type }: TokenSeries) => ({
  "gen_ai.agent.name": name,
  "gen_ai.operation.name": operation,
  "gen_ai.provider.name": provider,
  "gen_ai.request.model": model,
  "gen_ai.token.type": type,
});

/** The series as it is scored: meters report into the namespace of samples that name none. */
export const tokenSeries = (of: TokenSeries): Series => ({
  namespace: "Paramedic",
  ...tokenMetric,
  dimensions: tokenDimensions(of),
});
