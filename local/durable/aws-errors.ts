import {
  CallbackTimeoutException,
  DurableExecutionAlreadyStartedException,
  InvalidParameterValueException,
  InvalidRequestContentException,
  RequestTooLargeException,
  ResourceNotFoundException,
} from "@aws-sdk/client-lambda";

/**
 * The errors Lambda answers with, as the SDK's own classes.
 *
 * A caller in this process and a caller behind HTTP therefore catch the same thing, and the durable SDK, which decides
 * by `$metadata.httpStatusCode` whether a failed checkpoint ends the invocation or the execution, decides as on AWS.
 */
const answered = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });

/** 400: the request as such is wrong. At a checkpoint it ends the execution. */
export const invalid = (message: string) => new InvalidParameterValueException({ message, ...answered(400) });

/** 400: the payload is not JSON. */
export const notJson = () =>
  new InvalidRequestContentException({ message: "Could not parse request body into json", ...answered(400) });

/** 404: no such function, version or execution. */
export const notFound = (message: string) =>
  new ResourceNotFoundException({ message, Message: message, ...answered(404) });

/** 413: the payload is larger than this way of invoking takes. */
export const tooLarge = (message: string) => new RequestTooLargeException({ message, ...answered(413) });

/** 400: the callback is closed: answered before, timed out, or its execution has ended. */
export const callbackClosed = (callbackId: string) => {
  const message = `The callback ${callbackId} has timed out or was already completed.`;
  return new CallbackTimeoutException({ message, Message: message, ...answered(400) });
};

/** 409: the name belongs to an execution with another payload. */
export const alreadyStarted = (arn: string) => {
  const message = `A durable execution of this name was already started with a different payload: ${arn}`;
  return new DurableExecutionAlreadyStartedException({ message, Message: message, ...answered(409) });
};
