import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import type { LogSeverity, ProgramHandler } from "../registration.ts";
import { unary } from "./unary.ts";

/** What the protocol tells a program about its deployment. */
export interface EngineFacts {
  handler: ProgramHandler;
  project: string;
  stack: string;
  projectDir: string;
  preview: boolean;
  parallel: number;
  /** The program has said all it has to say; the promise settles when it may end, which is after its hooks were needed last. */
  declared(): Promise<void>;
}

const severities: readonly LogSeverity[] = ["debug", "info", "warning", "error"];

export function engineMethods({ handler }: EngineFacts): UntypedServiceImplementation {
  let root = "";
  return {
    log: unary((request: engine.LogRequest) => {
      handler.log({
        severity: severities[request.getSeverity()] ?? "info",
        message: request.getMessage(),
        urn: request.getUrn() || undefined,
        ephemeral: request.getEphemeral(),
      });
      return new emptyPb.Empty();
    }),
    setRootResource: unary((request: engine.SetRootResourceRequest) => {
      root = request.getUrn();
      return new engine.SetRootResourceResponse();
    }),
    getRootResource: unary(() => new engine.GetRootResourceResponse().setUrn(root)),
    startDebugging: unary(() => new emptyPb.Empty()),
    // A program may demand a version of the CLI; the embedded engine has none to compare.
    requirePulumiVersion: unary(() => new engine.RequirePulumiVersionResponse()),
  };
}
