import { WebTest } from "@pulumi/azure-native/applicationinsights/webTest.js";
import { MetricAlert } from "@pulumi/azure-native/monitor/metricAlert.js";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../model.ts";
import { seconds } from "../primitives.ts";
import type { AzurePlace } from "./azure-place.ts";
import { azureSeverity, isoDuration } from "./azure-rules.ts";
import { healthUrl } from "./health.ts";

export interface WebTestArgs {
  readonly settings: Settings;
  readonly place: AzurePlace;
  readonly actions: { readonly actionGroupId: pulumi.Output<string> }[];
}

/** Every five minutes from several places; down when it fails from all but two of them: https://learn.microsoft.com/azure/azure-monitor/app/availability */
export function createWebTest(name: string, { place, settings, actions }: WebTestArgs, parent: pulumi.Resource): void {
  const health = settings.application.monitoring?.health;
  const { resourceGroup: resourceGroupName, location, insights } = place;
  if (health === undefined || insights === undefined) return;
  const from = settings.environment.monitoring?.azure?.from ?? [];
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
      locations: from.map((location) => ({ location })),
      request: { requestUrl: healthUrl(health, settings), httpVerb: "GET", followRedirects: false, parseDependentRequests: false },
      validationRules: {
        expectedHttpStatusCode: 200,
        sSLCheck: true,
        contentValidation: { contentMatch: health.refuse, ignoreCase: true, passIfTextFound: false },
      },
      // Without it the test belongs to no component and is shown nowhere.
      tags: pulumi.output(insights).apply((component): Record<string, string> => ({ [`hidden-link:${component}`]: "Resource" })),
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
        failedLocationCount: Math.max(1, from.length - 2),
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
