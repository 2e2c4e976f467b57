/** The parts of `urn:pulumi:<stack>::<project>::<parent types joined by $>$<type>::<name>`. */
export interface Urn {
  readonly stack: string;
  readonly project: string;
  readonly type: string;
  readonly name: string;
}

export function parseUrn(urn: string): Urn {
  const [head = "", project = "", types = "", ...name] = urn.split("::");
  return {
    stack: head.replace(/^urn:pulumi:/, ""),
    project,
    type: types.slice(types.lastIndexOf("$") + 1),
    name: name.join("::"),
  };
}

/** `Deployment` for `kubernetes:apps/v1:Deployment`, `Workload` for `liftlock:app:Workload`. */
export const kindOf = (type: string): string => type.slice(type.lastIndexOf(":") + 1);

export const isStack = (type: string): boolean => type === "pulumi:pulumi:Stack";
export const isProvider = (type: string): boolean => type.startsWith("pulumi:providers:");
export const isKubernetes = (type: string): boolean => type.startsWith("kubernetes:");
