/** Where something was found: a Kubernetes object, or a setting of another system. */
export interface Subject {
  readonly kind: string;
  readonly apiVersion?: string;
  readonly namespace?: string;
  readonly name: string;
  /** Of the stack's state; absent for what the stack does not know. */
  readonly urn?: string;
}

/** Who, as far as the system tells: the field manager, when it last wrote, through which subresource. */
export interface Author {
  readonly manager: string;
  readonly operation: string;
  readonly time?: string;
  readonly subresource?: string;
}

/**
 * One difference between what was applied and what is there. `created` and `deleted` are whole objects; `added`, `removed` and `changed`
 * are fields of an object that the stack owns. `before` and `after` are words for people: short, and never a secret value.
 */
export interface Finding {
  readonly source: string;
  readonly change: "created" | "deleted" | "added" | "removed" | "changed";
  readonly subject: Subject;
  /** `spec.template.spec.containers[api].image`; absent for whole objects. */
  readonly path?: string;
  readonly before?: string;
  readonly after?: string;
  readonly by?: Author;
  /** What people should know besides. */
  readonly note?: string;
}

/** What could not be read, and why. `declared`: the stack has objects of it, so that drift may have been missed. */
export interface Unread {
  readonly what: string;
  readonly why: string;
  readonly declared: boolean;
}

/** One system that a stack has resources in. The Kubernetes API is one; GitHub's settings are another. */
export interface DriftSource {
  readonly name: string;
  findings(): Promise<Finding[]>;
  /** Filled by `findings`. */
  readonly unread?: readonly Unread[];
}

/** `Deployment shop/api`. */
export const subjectName = ({ kind, namespace, name }: Pick<Subject, "kind" | "namespace" | "name">): string =>
  `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
