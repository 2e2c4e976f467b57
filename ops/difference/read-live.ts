import { ClusterApi } from "../drift/cluster-api.ts";
import type { Finding } from "../drift/finding.ts";
import { KubernetesDrift } from "../drift/kubernetes.ts";
import { survey } from "../drift/survey.ts";
import { githubDrift } from "../github/drift-source.ts";
import { noCluster } from "../no-cluster.ts";
import { UserError } from "../user-error.ts";
import type { About } from "./environments.ts";

export interface Running {
  readonly stack: string;
  readonly drift: readonly Finding[];
  readonly unread: readonly string[];
}

/** What runs in an environment, in its cluster and on GitHub, and is not as its last update left it. */
export async function readLive({ context, project, application, today }: About, stack: string): Promise<Running> {
  const { engine, cluster, unasked } = await context.selector.select({ projectDir: project.dir, stack, cluster: "if-running" });
  if (cluster === undefined) throw noCluster(stack, unasked, context.command);
  const exported = await engine.export({ showSecrets: true }).catch((error: unknown) => {
    if (error instanceof UserError) return undefined; // nothing was deployed: said by its missing release
    throw error;
  });
  if (exported === undefined) return { stack, drift: [], unread: [] };
  const github = await (await githubDrift(context, project))(stack);
  const others = github === undefined ? [] : [github];
  const api = new ClusterApi(cluster);
  try {
    const { findings, unread } = await survey(new KubernetesDrift(exported, api), { stack, settings: application.drift, others, today });
    return { stack, drift: findings, unread: unread.map(({ what, why }) => `${what}: ${why}`) };
  } finally {
    await api.close();
  }
}
