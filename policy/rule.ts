/** A resource as a rule sees it: its inputs, secrets redacted; what a preview cannot know yet is `UNKNOWN`. */
export interface PolicyResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
}

/** What is wrong with one resource, and what mends it. */
export interface Violation {
  readonly urn: string;
  readonly message: string;
  readonly fix: string;
}

/** One thing that no environment may do. */
export interface Rule {
  /** Kebab-case, stable: exemptions name it. */
  readonly name: string;
  readonly description: string;
  /** Of all resources of a stack: most rules look at each for itself. */
  readonly check: (resources: readonly PolicyResource[]) => Violation[];
  /** It looks at one resource at a time, so that an engine can refuse before it makes it. */
  readonly each: boolean;
}

/** Pulumi's sentinel for a value that a preview does not know (sdk/nodejs/runtime/rpc.ts: unknownValue). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Found = Omit<Violation, "urn">;

/** A rule about resources of some types, each for itself. */
export function eachOf(
  name: string,
  description: string,
  applies: (resource: PolicyResource) => boolean,
  check: (resource: PolicyResource) => Found[],
): Rule {
  return {
    name,
    description,
    each: true,
    check: (resources) =>
      resources.filter(applies).flatMap((resource) => check(resource).map((found) => ({ urn: resource.urn, ...found }))),
  };
}

export const isKubernetes = ({ type }: PolicyResource): boolean => type.startsWith("kubernetes:");
export const isAzure = ({ type }: PolicyResource): boolean => type.startsWith("azure-native:");
/** `Deployment` of `kubernetes:apps/v1:Deployment`. */
export const kindOf = ({ type }: PolicyResource): string => type.slice(type.lastIndexOf(":") + 1);

/** The value at a path; undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
