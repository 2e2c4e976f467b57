import { createHash } from "node:crypto";
import type { PromotionSettings } from "../../components/gates.schema.ts";
import { sourcesOf, stacksOf } from "../../components/upstream.ts";

/** How the Pulumi Kubernetes Operator (2.x) finds the program, its state and its secrets. */
export interface OperatorOptions {
  readonly project: string;
  readonly promotion: PromotionSettings;
  /** Stacks of what environments share: every environment comes after them. */
  readonly platforms: readonly string[];
  /** https address of the git repository. */
  readonly repository: string;
  readonly branch: string;
  /** The program's folder within the repository; empty: its root. */
  readonly folder: string;
  readonly backend: string;
  /** Of Pulumi Cloud; other backends know only `organization`. */
  readonly organization: string;
  readonly namespace: string;
  /** Secret with the key `token`, for a repository that not everybody may read. */
  readonly gitSecret?: string | undefined;
  /** As which the workspaces work: it may do in the clusters, and in the cloud, what the program does. */
  readonly serviceAccount?: string | undefined;
  /** With the Pulumi CLI and Node 24. */
  readonly image?: string | undefined;
}

export interface StackObject {
  readonly apiVersion: "pulumi.com/v1";
  readonly kind: "Stack";
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The operator names further objects after a Stack, and takes no longer names (its changelog, 2.3.0). */
const LONGEST = 42;

export function objectName(project: string, stack: string): string {
  const name = `${project}-${stack}`.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-");
  if (name.length <= LONGEST) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 7);
  return `${name.slice(0, LONGEST - 8).replace(/-+$/, "")}-${hash}`;
}

/**
 * These stacks and all that they wait for, in the order in which releases pass them: a Stack object whose prerequisite is not there waits
 * for ever.
 */
export function withUpstream(stacks: readonly string[], promotion: PromotionSettings, platforms: readonly string[]): string[] {
  const found = new Set<string>();
  const add = (stack: string) => {
    if (found.has(stack)) return;
    for (const before of prerequisitesOf(stack, promotion, platforms)) add(before);
    found.add(stack);
  };
  for (const stack of stacks) add(stack);
  return [...found];
}

const prerequisitesOf = (stack: string, promotion: PromotionSettings, platforms: readonly string[]): readonly string[] =>
  platforms.includes(stack) ? [] : [...platforms, ...stacksOf(sourcesOf(promotion, stack))];

const secretRef = (name: string, key: string) => ({ type: "Secret", secret: { name, key } });

/**
 * One Stack object for each stack, in the order in which releases pass them. An environment waits until those before it succeeded; what a
 * release must have done there is held by the program itself, which refuses what its upstream never ran.
 */
export function stackObjects(stacks: readonly string[], options: OperatorOptions): StackObject[] {
  const { project, promotion, platforms, backend, organization, namespace } = options;
  const cloud = backend.startsWith("https://");
  return stacks.map((stack) => {
    const name = objectName(project, stack);
    const before = prerequisitesOf(stack, promotion, platforms);
    return {
      apiVersion: "pulumi.com/v1",
      kind: "Stack",
      metadata: {
        name,
        namespace,
        labels: { "app.kubernetes.io/part-of": project, "app.kubernetes.io/managed-by": "liftlock", "liftlock.dev/stack": stack },
      },
      spec: {
        stack: `${organization}/${project}/${stack}`,
        backend,
        projectRepo: options.repository,
        branch: options.branch,
        ...(options.folder === "" ? {} : { repoDir: options.folder }),
        ...(options.gitSecret === undefined ? {} : { gitAuth: { accessToken: secretRef(options.gitSecret, "token") } }),
        envRefs: cloud
          ? { PULUMI_ACCESS_TOKEN: secretRef(`${project}-pulumi`, "accessToken") }
          : { PULUMI_CONFIG_PASSPHRASE: secretRef(`${project}-pulumi`, "passphrase") },
        prerequisites: before.map((other) => ({ name: objectName(project, other) })),
        // A stack that nobody made is a mistake in its name; what is deleted here must not take an environment with it.
        useLocalStackOnly: true,
        destroyOnFinalize: false,
        retryOnUpdateConflict: true,
        refresh: false,
        workspaceReclaimPolicy: "Delete",
        ...(options.serviceAccount === undefined ? {} : { serviceAccountName: options.serviceAccount }),
        ...(options.image === undefined ? {} : { workspaceTemplate: { spec: { image: options.image } } }),
      },
    };
  });
}
