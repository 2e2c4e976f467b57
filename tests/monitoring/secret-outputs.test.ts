import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings.js";
import { expect, test } from "vitest";
import { modelOf, watched } from "./environments.ts";

/** Outputs that are secret whatever Azure gives back, by the resource's name. */
const secretOutputs = new Map<string, string[]>();
class Recorder extends MockMonitor {
  // biome-ignore lint/suspicious/noExplicitAny: the request of Pulumi's protocol
  override async registerResource(request: any, answer: any): Promise<void> {
    secretOutputs.set(request.getName(), request.getAdditionalsecretoutputsList());
    return super.registerResource(request, answer);
  }
}

test("a webhook's address stays a secret when Azure shows it: in the state of a refresh too", async () => {
  const mocks: pulumi.runtime.Mocks = { newResource: ({ inputs, name }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs };
  await pulumi.runtime.setMocks(mocks, "shop", "prod", false);
  setMockOptions(new Recorder(mocks), "shop", "prod", false);
  const { AzureMonitoring } = await import("../../components/monitoring/azure.ts");
  const workspace = "/subscriptions/0/resourceGroups/shop-rg/providers/Microsoft.Monitor/accounts/shop";
  const settings = watched({
    azure: { resourceGroup: "shop-rg", location: "westeurope", workspace },
    alerts: { errors: 1 },
    receivers: [
      { kind: "email", to: ["desk@example.com"] },
      { kind: "webhook", secret: "SENTRY_DSN", least: "critical" },
    ],
  });
  const place = { resourceGroup: "shop-rg", location: "westeurope", workspace, cluster: undefined, insights: undefined, scrape: false };
  await pulumi.runtime.runInPulumiStack(async () => {
    const secrets = { SENTRY_DSN: pulumi.secret("planted") };
    const made = new AzureMonitoring("azure", { settings: { ...settings, secrets }, namespace: "shop", model: modelOf(settings), place });
    await new Promise((resolve) => made.urn.apply(resolve));
    return undefined;
  });
  const base = `${settings.application.name}-${settings.stack}`;
  const asked = { timeout: 30_000 };
  await expect.poll(() => secretOutputs.get(`${base}-critical`), asked).toEqual(["webhookReceivers"]);
  await expect.poll(() => secretOutputs.get(`${base}-warning`), asked).toEqual([]);
}, 60_000);
