import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import analyzer from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RULES } from "../../policy/rules/index.ts";

/** The pack as the Pulumi CLI runs it: a process that prints its port and speaks the Analyzer protocol. */
let pack: ChildProcess;
// biome-ignore lint/suspicious/noExplicitAny: the generated client has no types
let client: any;
beforeAll(async () => {
  const cwd = path.resolve("policy");
  const runner = path.resolve("node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js");
  pack = spawn(process.execPath, [runner, "127.0.0.1:0", cwd], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: pack.stdout! })) {
    expect(line).toMatch(/^\d+$/);
    client = new analyzer.AnalyzerClient(`127.0.0.1:${line}`, credentials.createInsecure());
    break;
  }
}, 60_000);
afterAll(() => {
  client?.close();
  pack.kill("SIGKILL");
});

// biome-ignore lint/suspicious/noExplicitAny: protobuf messages of the SDK
const call = (method: string, request: any): Promise<any> =>
  new Promise((resolve, reject) =>
    client[method](request, (error: Error | null, reply: unknown) => (error ? reject(error) : resolve(reply))),
  );

const deployment = {
  metadata: { name: "api", namespace: "shop" },
  spec: { template: { spec: { containers: [{ name: "api", image: "api:1" }] } } },
};
function resource<T extends InstanceType<typeof messages.AnalyzeRequest> | InstanceType<typeof messages.AnalyzerResource>>(message: T): T {
  message.setUrn("urn:pulumi:prod::shop::kubernetes:apps/v1:Deployment::api");
  message.setType("kubernetes:apps/v1:Deployment");
  message.setName("api");
  message.setProperties(struct.Struct.fromJavaScript(deployment));
  message.setOptions(new messages.AnalyzerResourceOptions());
  return message;
}
// biome-ignore lint/suspicious/noExplicitAny: protobuf messages of the SDK
const said = (reply: any): string[] =>
  reply
    .getDiagnosticsList()
    .map((d: InstanceType<typeof messages.AnalyzeDiagnostic>) => `${d.getPolicyname()} (${d.getEnforcementlevel()}): ${d.getMessage()}`);

test("names every rule, each mandatory", async () => {
  const info = await call("getAnalyzerInfo", new (await import("google-protobuf/google/protobuf/empty_pb.js")).default.Empty());
  // biome-ignore lint/suspicious/noExplicitAny: protobuf messages of the SDK
  const policies = info.getPoliciesList().map((policy: any) => [policy.getName(), policy.getEnforcementlevel()]);
  expect(policies).toEqual(RULES.map(({ name }) => [name, messages.EnforcementLevel.MANDATORY]));
});
test("refuses a resource before it is made", async () => {
  const found = said(await call("analyze", resource(new messages.AnalyzeRequest())));
  expect(found.find((line) => line.startsWith("image-digest (1): "))).toContain(
    "container api runs api:1, which can change under its name. name the image with @sha256:<digest>",
  );
  expect(found.filter((line) => line.startsWith("container-resources"))).toHaveLength(3);
});
test("judges a stack as a whole", async () => {
  const request = new messages.AnalyzeStackRequest();
  request.setResourcesList([resource(new messages.AnalyzerResource())]);
  const found = said(await call("analyzeStack", request));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^network-policy \(1\): [\s\S]*runs in the namespace shop, in which nothing denies/);
});
