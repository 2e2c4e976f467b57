import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import type callback from "@pulumi/pulumi/proto/callback_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import resource from "@pulumi/pulumi/proto/resource_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import { RequestReader } from "../wire/requests.ts";
import { decodeStruct, encodeStruct } from "../wire/struct.ts";
import type { Callbacks } from "./callbacks.ts";
import type { EngineFacts } from "./engine-methods.ts";
import { errorHook, resourceHook } from "./hooks.ts";
import { Transforms } from "./transforms.ts";
import { unary, unsupported } from "./unary.ts";

const features = resource.ResourceMonitorFeature;
/** Without aliasSpecs the SDK would expand inherited aliases itself, another way than engines do. */
const supported = [
  features.RESOURCE_MONITOR_FEATURE_SECRETS,
  features.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  features.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
  features.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  features.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
  features.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
  features.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
  features.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
  features.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
  features.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
  features.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
  features.RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON,
];
const supportedNames = new Set([
  "secrets",
  "resourceReferences",
  "outputValues",
  "aliasSpecs",
  "deletedWith",
  "replaceWith",
  "replacementTrigger",
  "transforms",
  "invokeTransforms",
  "resourceHooks",
  "errorHooks",
  "invokeDependsOn",
]);

export function monitorMethods(facts: EngineFacts, callbacks: Callbacks): UntypedServiceImplementation {
  const { handler } = facts;
  const transforms = new Transforms(callbacks, facts);
  const reader = new RequestReader(facts.projectDir);
  return {
    getDeploymentInfo: unary(() =>
      new resource.DeploymentInfo()
        .setProject(facts.project)
        .setStack(facts.stack)
        .setOrganization("organization")
        .setDryrun(facts.preview)
        .setParallel(facts.parallel)
        .setSupportedfeaturesList(supported),
    ),
    supportsFeature: unary((request: resource.SupportsFeatureRequest) =>
      new resource.SupportsFeatureResponse().setHassupport(supportedNames.has(request.getId())),
    ),
    registerResource: unary(async (request: resource.RegisterResourceRequest) => {
      await transforms.resource(request);
      const registered = await handler.register(reader.registration(request));
      return new resource.RegisterResourceResponse()
        .setUrn(registered.urn)
        .setId(registered.id ?? "")
        .setObject(encodeStruct(registered.outputs))
        .setResult(resource.Result.SUCCESS);
    }),
    registerResourceOutputs: unary(async (request: resource.RegisterResourceOutputsRequest) => {
      await handler.registerOutputs(request.getUrn(), decodeStruct(request.getOutputs()));
      return new emptyPb.Empty();
    }),
    readResource: unary(async (request: resource.ReadResourceRequest) => {
      const read = await handler.read(reader.read(request));
      return new resource.ReadResourceResponse().setUrn(read.urn).setProperties(encodeStruct(read.outputs));
    }),
    invoke: unary(async (request: resource.ResourceInvokeRequest) => {
      await transforms.invoke(request);
      const answer = await handler.invoke(reader.invoke(request));
      const response = new resource.ResourceInvokeResponse();
      if ("unknown" in answer) return response.setUnknown(true);
      if ("outputs" in answer) return response.setReturn(encodeStruct(answer.outputs));
      return response.setFailuresList(
        answer.failures.map(({ property, reason }) => new provider.CheckFailure().setProperty(property).setReason(reason)),
      );
    }),
    // References to packages without an SDK of their own kind: the version inside each request says all that is needed.
    registerPackage: unsupported("parameterized packages"),
    call: unsupported("methods of remote components"),
    existsResource: unary(async (request: resource.ExistsResourceRequest) =>
      new resource.ExistsResourceResponse().setExists(await handler.exists(reader.exists(request))),
    ),
    registerStackTransform: unary((transform: callback.Callback) => {
      transforms.addStackTransform(transform);
      return new emptyPb.Empty();
    }),
    registerStackInvokeTransform: unary((transform: callback.Callback) => {
      transforms.addInvokeTransform(transform);
      return new emptyPb.Empty();
    }),
    registerResourceHook: unary((request: resource.RegisterResourceHookRequest) => {
      handler.registerHook(resourceHook(callbacks, request));
      return new emptyPb.Empty();
    }),
    registerErrorHook: unary((request: resource.RegisterErrorHookRequest) => {
      handler.registerErrorHook(errorHook(callbacks, request));
      return new emptyPb.Empty();
    }),
    signalAndWaitForShutdown: unary(async () => {
      await facts.declared();
      return new emptyPb.Empty();
    }),
  };
}
