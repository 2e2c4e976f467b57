import * as grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import monitorService from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import { Callbacks } from "./callbacks.ts";
import { type EngineFacts, engineMethods } from "./engine-methods.ts";
import { monitorMethods } from "./monitor-methods.ts";

/** Resources with large outputs pass in one message (the SDK's own client allows 400 MiB). */
const maxMessageBytes = 400 * 1024 * 1024;

export interface ProtocolHost {
  /** `127.0.0.1:<port>` of both services. */
  readonly address: string;
  close(): void;
}

/** Serves Pulumi's ResourceMonitor and Engine protocols to one program, on loopback only. */
export async function startProtocolHost(facts: EngineFacts): Promise<ProtocolHost> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  const callbacks = new Callbacks();
  server.addService(monitorService.ResourceMonitorService, monitorMethods(facts, callbacks));
  server.addService(engineService.EngineService, engineMethods(facts));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  const close = () => {
    callbacks.close();
    server.forceShutdown();
  };
  return { address: `127.0.0.1:${port}`, close };
}
