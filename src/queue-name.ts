/** The name of a queue, from its URL or its ARN: `https://sqs.us-east-2.amazonaws.com/123456789012/jobs` is `jobs`. */
export const queueName = (urlOrArn: string): string => urlOrArn.split(/[/:]/).at(-1) ?? urlOrArn;
