import type { FirehoseTransformationEvent, FirehoseTransformationResult } from "aws-lambda";

/**
 * Works on the records that Firehose hands a function to transform, one after the other, and answers that nothing of them is
 * to be delivered: what was taken in is where it belongs. A failure is thrown, so that Firehose hands over all of them again,
 * three times, and then puts them aside into its bucket.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html
 */
export async function firehoseRecords(
  { records }: Pick<FirehoseTransformationEvent, "records">,
  work: (text: string) => Promise<void>,
): Promise<FirehoseTransformationResult> {
  for (const { data } of records) await work(Buffer.from(data, "base64").toString("utf8"));
  return { records: records.map(({ recordId, data }) => ({ recordId, result: "Dropped" as const, data })) };
}
