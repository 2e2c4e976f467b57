/** What a new project is made from: given by flags, or answered by a person. */
export interface Choices {
  readonly name: string;
  readonly branchModel: BranchModel;
  /** In the order of the promotion path. */
  readonly environments: readonly string[];
  /** Hosts are made below it. */
  readonly domain: string;
  readonly services: readonly ServiceChoice[];
  readonly database: DatabaseKind;
  /** Command of the first service that migrates the database. */
  readonly migrate?: string | undefined;
  /** Keys of secrets beside the database's own. */
  readonly secrets: readonly string[];
  readonly gates: GateChoices;
  readonly repository?: RepositoryChoice | undefined;
}

/** trunk: all is on main; branches: each environment has one; tags: main, and a tag v* deploys the last environment. */
export const BRANCH_MODELS = ["trunk", "branches", "tags"] as const;
export type BranchModel = (typeof BRANCH_MODELS)[number];
export const DATABASES = ["none", "postgresql", "sqlite"] as const;
export type DatabaseKind = (typeof DATABASES)[number];
export const SERVICE_KINDS = ["web", "worker", "stateful"] as const;
export type ServiceKind = (typeof SERVICE_KINDS)[number];

export interface ServiceChoice {
  readonly name: string;
  readonly kind: ServiceKind;
  /** Registry and repository, without tag. */
  readonly image: string;
  readonly port: number;
  /** Path under the environment's host; left out, it is reached from inside only. */
  readonly path?: string | undefined;
}

/** What stands before the last environment. */
export interface GateChoices {
  readonly soak?: string | undefined;
  /** E-mail addresses or @logins, any of whom may approve. */
  readonly approvers: readonly string[];
  readonly approvals: number;
  /** Names of checks that need evidence from the environment before. */
  readonly checks: readonly string[];
  readonly watch?: string | undefined;
}

export interface RepositoryChoice {
  readonly owner: string;
  readonly name: string;
  readonly plan: string;
  readonly visibility: string;
  readonly codeOwners: readonly string[];
}

export const last = <T>(list: readonly T[]): T => list.at(-1)!;
