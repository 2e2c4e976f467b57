export const stackType = "pulumi:pulumi:Stack";
const providerTypePrefix = "pulumi:providers:";

/** `urn:pulumi:<stack>::<project>::<parent types joined by $>$<type>::<name>`; the stack is nobody's visible parent. */
export function makeUrn(stack: string, project: string, parent: string | undefined, type: string, name: string): string {
  const parentType = parent === undefined ? "" : qualifiedType(parent);
  const prefix = parentType === "" || parentType === stackType ? "" : `${parentType}$`;
  return `urn:pulumi:${stack}::${project}::${prefix}${type}::${name}`;
}

export const rootUrn = (stack: string, project: string): string => makeUrn(stack, project, undefined, stackType, `${project}-${stack}`);

/** Parts of a URN. A name may itself hold "::". */
function parts(urn: string): { head: string; types: string; name: string } {
  const [scheme, project, types, ...name] = urn.split("::");
  return { head: `${scheme}::${project}`, types: types ?? "", name: name.join("::") };
}
export const qualifiedType = (urn: string): string => parts(urn).types;
export const typeOf = (urn: string): string => parts(urn).types.split("$").at(-1) ?? "";
export const nameOf = (urn: string): string => parts(urn).name;

export const isProviderType = (type: string): boolean => type.startsWith(providerTypePrefix);
/** `kubernetes` of `pulumi:providers:kubernetes` and of `kubernetes:core/v1:ConfigMap`. */
export const packageOf = (type: string): string =>
  isProviderType(type) ? type.slice(providerTypePrefix.length) : (type.split(":")[0] ?? "");
export const providerType = (pkg: string): string => `${providerTypePrefix}${pkg}`;

/** The two halves of a provider reference `<urn>::<id>`. */
export function parseReference(reference: string): { urn: string; id: string } {
  const end = reference.lastIndexOf("::");
  return { urn: reference.slice(0, end), id: reference.slice(end + 2) };
}
