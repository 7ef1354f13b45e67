import { z } from "zod";

// The bounds are CloudWatch's own (API_MetricDatum, API_Dimension), so whatever it took we take.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html

export const metricName = z.string().min(1).max(255);
export const metricNamespace = z.string().min(1).max(255);

/** CloudWatch knows 27 units; an unknown one harms nobody, so only the length is bound, well above its longest (16). */
export const metricUnit = z.string().min(1).max(64);

/** Within ±2^360, the range CloudWatch takes. Squares of such values are still finite, which the detector relies on. */
export const metricValue = z
  .number()
  .min(-(2 ** 360))
  .max(2 ** 360);

const dimensionsMax = 30;

/** Dimensions by name, of at least one character each. */
export const metricDimensions = z
  .unknown()
  // A record schema drops this one name in silence, and without it two series would become one.
  .refine((said) => !(typeof said === "object" && said !== null && Object.hasOwn(said, "__proto__")), {
    error: "__proto__ cannot name a dimension",
    abort: true,
  })
  .pipe(z.record(z.string().min(1).max(255), z.string().min(1).max(1024)))
  .refine((dimensions) => Object.keys(dimensions).length <= dimensionsMax, `more than ${dimensionsMax} dimensions`)
  .nullish()
  .transform((said) => said ?? {});
