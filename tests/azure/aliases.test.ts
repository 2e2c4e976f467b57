import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings.js";
import { expect, test } from "vitest";

/** Aliases in the request, by name. */
const aliasesOf = new Map<string, number>();
class Recorder extends MockMonitor {
  // biome-ignore lint/suspicious/noExplicitAny: the request of Pulumi's protocol
  override async registerResource(request: any, answer: any): Promise<void> {
    aliasesOf.set(request.getName(), request.getAliasesList().length + request.getAliasurnsList().length);
    return super.registerResource(request, answer);
  }
}

test("resources carry no alias of a past API version, unless the state is another program's", async () => {
  const mocks: pulumi.runtime.Mocks = { newResource: ({ inputs, name }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs };
  await pulumi.runtime.setMocks(mocks, "ferry", "platform", false);
  setMockOptions(new Recorder(mocks), "ferry", "platform", false);
  const { connectAzure } = await import("../../components/azure/connect.ts");
  const { VirtualNetwork } = await import("@pulumi/azure-native/network/virtualNetwork.js");
  await pulumi.runtime.runInPulumiStack(async () => {
    const at = { resourceGroupName: "ferry-rg" };
    const provider = connectAzure(undefined, { earlierTypes: true });
    const kept = new VirtualNetwork("kept", at, { provider });
    connectAzure(undefined, { earlierTypes: false });
    const stripped = new VirtualNetwork("stripped", at, { provider });
    // Registered by the time they have a URN.
    await new Promise((resolve) => pulumi.all([kept.urn, stripped.urn]).apply(resolve));
    return undefined;
  });
  expect(aliasesOf.get("kept")).toBeGreaterThan(40);
  expect(aliasesOf.get("stripped")).toBe(0);
});
