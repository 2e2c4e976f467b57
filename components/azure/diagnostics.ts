import { DiagnosticSetting } from "@pulumi/azure-native/monitor/diagnosticSetting.js";
import type * as pulumi from "@pulumi/pulumi";

interface Said {
  /** learn.microsoft.com/azure/azure-monitor/reference/logs-index */
  readonly logs: readonly string[];
  /** It has figures of its own: learn.microsoft.com/azure/azure-monitor/reference/metrics-index */
  readonly metrics: boolean;
  /** Its logs have a table of their own only where that is asked for; others have one anyway, or none. */
  readonly ownTable?: true;
}

/** Who read or changed what, who was refused, and what went wrong; without statistics that only help to tune. */
const SAID = {
  registry: { logs: ["ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"], metrics: true },
  vault: { logs: ["AuditEvent"], metrics: true, ownTable: true },
  postgresql: { logs: ["PostgreSQLLogs"], metrics: true },
  redis: { logs: [], metrics: true },
  redisDatabase: { logs: ["ConnectionEvents"], metrics: false },
} as const satisfies Record<string, Said>;

export interface DiagnosticsArgs {
  readonly kind: keyof typeof SAID;
  /** Ids: of what speaks, and of the workspace that keeps it; undefined: nobody keeps it. */
  readonly resource: pulumi.Input<string>;
  readonly workspace: pulumi.Input<string> | undefined;
}

/** Ships what a service says of itself to the platform's workspace, which keeps it as long as all other logs. */
export function createDiagnostics(name: string, args: DiagnosticsArgs, opts: pulumi.CustomResourceOptions): void {
  const { kind, resource, workspace } = args;
  if (workspace === undefined) return;
  const { logs, metrics, ownTable }: Said = SAID[kind];
  new DiagnosticSetting(
    `${name}-diagnostics`,
    {
      resourceUri: resource,
      name: "workspace",
      workspaceId: workspace,
      ...(ownTable ? { logAnalyticsDestinationType: "Dedicated" } : {}),
      ...(logs.length > 0 ? { logs: logs.map((category) => ({ category, enabled: true })) } : {}),
      ...(metrics ? { metrics: [{ category: "AllMetrics", enabled: true }] } : {}),
    },
    opts,
  );
}
