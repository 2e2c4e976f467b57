import { WebTest } from "@pulumi/azure-native/applicationinsights/webTest.js";
import { MetricAlert } from "@pulumi/azure-native/monitor/metricAlert.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../model.ts";
import { seconds } from "../primitives.ts";
import { azureSeverity, isoDuration } from "./azure-rules.ts";
import { healthUrl } from "./health.ts";
import type { AzureMonitoring } from "./monitoring.schema.ts";

export interface WebTestArgs {
  readonly settings: Settings;
  readonly azure: AzureMonitoring;
  readonly actions: { readonly actionGroupId: pulumi.Output<string> }[];
}

/** Every five minutes from several places; down when it fails from all but two of them: https://learn.microsoft.com/azure/azure-monitor/app/availability */
export function createWebTest(name: string, { azure, settings, actions }: WebTestArgs, parent: pulumi.Resource): void {
  const health = settings.application.monitoring?.health;
  if (health === undefined || azure.insights === undefined) return;
  const { resourceGroup: resourceGroupName, location, insights } = azure;
  const test = new WebTest(
    name,
    {
      resourceGroupName,
      webTestName: name,
      location,
      kind: "standard",
      webTestKind: "standard",
      syntheticMonitorId: name,
      enabled: true,
      frequency: 300,
      timeout: Math.ceil(health.slow),
      retryEnabled: true,
      locations: azure.from.map((from) => ({ location: from })),
      request: { requestUrl: healthUrl(health, settings), httpVerb: "GET", followRedirects: false, parseDependentRequests: false },
      validationRules: {
        expectedHttpStatusCode: 200,
        sSLCheck: true,
        contentValidation: { contentMatch: health.refuse, ignoreCase: true, passIfTextFound: false },
      },
      // Without it the test belongs to no component and is shown nowhere.
      tags: { [`hidden-link:${insights}`]: "Resource" },
    },
    { parent },
  );
  const down = settings.environment.monitoring?.alerts?.down;
  if (down === undefined) return;
  new MetricAlert(
    name,
    {
      resourceGroupName,
      ruleName: name,
      location: "global",
      description: `${healthUrl(health, settings)} fails, is slow or says "${health.refuse}"`,
      severity: azureSeverity.critical,
      enabled: true,
      scopes: [test.id, insights],
      evaluationFrequency: "PT1M",
      windowSize: isoDuration(windowFor(seconds(down))),
      criteria: {
        odataType: "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
        webTestId: test.id,
        componentId: insights,
        failedLocationCount: Math.max(1, azure.from.length - 2),
      },
      autoMitigate: true,
      actions,
    },
    { parent },
  );
}

/** The windows that a metric alert can have; one shorter than the test's own five minutes would see nothing. */
const windows = [300, 900, 1800, 3600];
const windowFor = (wanted: number): number => windows.find((window) => window >= wanted) ?? 3600;
