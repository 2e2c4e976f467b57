import type callback from "@pulumi/pulumi/proto/callback_pb.js";
import resource from "@pulumi/pulumi/proto/resource_pb.js";
import type { ErrorHook, HookCall, ResourceHook } from "../registration.ts";
import { nameOf, typeOf } from "../urn.ts";
import type { PropertyMap } from "../values.ts";
import { encodeStruct } from "../wire/struct.ts";
import type { Callbacks } from "./callbacks.ts";

const struct = (values: PropertyMap | undefined) => (values === undefined ? undefined : encodeStruct(values));

/** Hooks that the program registered, as functions that ask it. */
export function resourceHook(callbacks: Callbacks, request: resource.RegisterResourceHookRequest): ResourceHook {
  const asked = request.getCallback();
  return {
    name: request.getName(),
    onPreview: request.getOnDryRun(),
    ignoreErrors: request.getIgnoreErrors(),
    run: async (call) => {
      const message = new resource.ResourceHookRequest()
        .setUrn(call.urn)
        .setId(call.id ?? "")
        .setName(nameOf(call.urn))
        .setType(typeOf(call.urn))
        .setNewInputs(struct(call.newInputs))
        .setOldInputs(struct(call.oldInputs))
        .setNewOutputs(struct(call.newOutputs))
        .setOldOutputs(struct(call.oldOutputs));
      const answer = await callbacks.call(needed(asked), message, resource.ResourceHookResponse);
      if (answer.getError() !== "") throw new Error(answer.getError());
    },
  };
}

export function errorHook(callbacks: Callbacks, request: resource.RegisterErrorHookRequest): ErrorHook {
  const asked = request.getCallback();
  return {
    name: request.getName(),
    run: async (call: HookCall, failedOperation, errors) => {
      const message = new resource.ErrorHookRequest()
        .setUrn(call.urn)
        .setId(call.id ?? "")
        .setName(nameOf(call.urn))
        .setType(typeOf(call.urn))
        .setNewInputs(struct(call.newInputs))
        .setOldInputs(struct(call.oldInputs))
        .setOldOutputs(struct(call.oldOutputs))
        .setFailedOperation(failedOperation)
        .setErrorsList(errors);
      const answer = await callbacks.call(needed(asked), message, resource.ErrorHookResponse);
      if (answer.getError() !== "") throw new Error(answer.getError());
      return answer.getRetry();
    },
  };
}

function needed(asked: callback.Callback | undefined): callback.Callback {
  if (asked === undefined) throw new Error("the hook has no function");
  return asked;
}
