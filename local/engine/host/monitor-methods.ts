import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import resource from "@pulumi/pulumi/proto/resource_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import { RequestReader } from "../wire/requests.ts";
import { decodeStruct, encodeStruct } from "../wire/struct.ts";
import type { EngineFacts } from "./engine-methods.ts";
import { unary, unsupported } from "./unary.ts";

const features = resource.ResourceMonitorFeature;
/** Without aliasSpecs the SDK would expand inherited aliases itself, another way than engines do. */
const supported = [
  features.RESOURCE_MONITOR_FEATURE_SECRETS,
  features.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  features.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
  features.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  features.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
];
const supportedNames = new Set(["secrets", "resourceReferences", "outputValues", "aliasSpecs", "deletedWith"]);

export function monitorMethods(facts: EngineFacts): UntypedServiceImplementation {
  const { handler } = facts;
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
      if (request.getHooks() !== undefined || request.getTransformsList().length > 0 || request.getReplaceWithList().length > 0) {
        throw new Error("the embedded engine does not support resource hooks, transforms and replaceWith; the Pulumi CLI does");
      }
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
      const answer = await handler.invoke(reader.invoke(request));
      const response = new resource.ResourceInvokeResponse();
      if ("outputs" in answer) return response.setReturn(encodeStruct(answer.outputs));
      return response.setFailuresList(
        answer.failures.map(({ property, reason }) => new provider.CheckFailure().setProperty(property).setReason(reason)),
      );
    }),
    // References to packages without an SDK of their own kind: the version inside each request says all that is needed.
    registerPackage: unsupported("parameterized packages"),
    existsResource: unsupported("existence checks (getOrNull)"),
    call: unsupported("methods of remote components"),
    registerStackTransform: unsupported("transforms"),
    registerStackInvokeTransform: unsupported("invoke transforms"),
    registerResourceHook: unsupported("resource hooks"),
    registerErrorHook: unsupported("error hooks"),
    signalAndWaitForShutdown: unary(() => new emptyPb.Empty()),
  };
}
