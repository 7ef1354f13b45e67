/**
 * What AWS asks, in US dollars, in us-east-1 without free tiers, as on its public price pages in November 2026 as far as we
 * know them; those of durable functions were read from the launch material, and those of DynamoDB are the ones since
 * November 2024, when they were halved. Other regions ask up to half as much again. They
 * change: whoever needs them exactly looks them up and corrects this file, which is the only place that has them.
 */
export const prices = {
  lambda: { perMillionRequests: 0.2, perGbSecondArm: 0.0000133334 },
  durable: { perMillionOperations: 8, perGbWritten: 0.25, perGbMonth: 0.15 },
  dynamodb: { perMillionReads: 0.125, perMillionWrites: 0.625, perGbMonth: 0.25, backupPerGbMonth: 0.2 },
  s3: { perThousandPuts: 0.005, perGbMonth: 0.023 },
  sqs: { perMillionRequests: 0.4 },
  events: { perMillionCustom: 1 },
  httpApi: { perMillionRequests: 1 },
  logs: { perGbIngested: 0.5, perGbMonth: 0.03 },
  cloudwatch: { perAlarm: 0.1, perMetric: 0.3, perDashboard: 3, perThousandMetricsRead: 0.01 },
  secrets: { perMillionCalls: 5, perSecret: 0.4 },
} as const;

export const priceList = "us-east-1, November 2026, no free tier";
