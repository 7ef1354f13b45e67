import { wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";
import { endpointBehaviour, endpointOperations } from "./sagemaker-endpoints.ts";
import { trainingBehaviour, trainingOperations } from "./sagemaker-training.ts";

/** Endpoints and training jobs. */
export const sagemaker: SimulatedService = {
  name: "sagemaker",
  target: "SageMaker",
  wording: wording({
    throttled: "ThrottlingException",
    denied: "AccessDeniedException",
    broken: "InternalFailure",
    invalid: "ValidationException",
  }),
  operations: { ...endpointOperations, ...trainingOperations },
  due: { ...endpointBehaviour, ...trainingBehaviour },
};
