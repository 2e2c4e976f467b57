import { Registry } from "@pulumi/azure-native/containerregistry/registry.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Place } from "./connect.ts";
import { createDiagnostics } from "./diagnostics.ts";
import { createEndpoint, type Network } from "./network.ts";
import type { PlatformAzure } from "./platform.schema.ts";

/** Where images are: no passwords, no strangers, and unless the settings say otherwise no way in from the internet. */
export function createRegistry(
  settings: NonNullable<PlatformAzure["registry"]>,
  place: Place,
  { network, workspace }: { network: Network; workspace: pulumi.Input<string> | undefined },
  opts: pulumi.CustomResourceOptions,
): Registry {
  const registry = new Registry(
    "registry",
    {
      ...place,
      registryName: settings.name,
      sku: { name: settings.sku },
      adminUserEnabled: false,
      anonymousPullEnabled: false,
      publicNetworkAccess: settings.publicAccess ? "Enabled" : "Disabled",
    },
    opts,
  );
  const { protect: _, ...within } = opts;
  createDiagnostics("registry", { kind: "registry", resource: registry.id, workspace }, within);
  if (!settings.publicAccess)
    createEndpoint(
      "registry-endpoint",
      { place, of: settings.name, subnet: network.endpoints, target: registry.id, zone: network.zones.registry, part: "registry" },
      within,
    );
  return registry;
}
