import { ConfigKey } from "../../../components/primitives.ts";
import { looksLikeCredential } from "../../../components/rules/credentials.ts";
import type { Json } from "../../report/diff.ts";
import { at, listAt, mapAt, type Note, nameOf, textAt, textsAt } from "./objects.ts";

/** Where a variable or file of a pod comes from. A value of a Secret is never part of what is shown or written. */
export interface Variable {
  readonly key: string;
  readonly value: string;
  /** Name of the set that it goes into: of the ConfigMap or Secret that it comes from, or the service's own. */
  readonly set: string;
  readonly secret: boolean;
  readonly as: "env" | "files";
}

export interface Sources {
  readonly configMaps: ReadonlyMap<string, Json>;
  readonly secrets: ReadonlyMap<string, Json>;
}

export const sourcesOf = (objects: readonly Json[]): Sources => {
  const of = (kind: string) => new Map(objects.filter((o) => o.kind === kind && o.apiVersion === "v1").map((o) => [nameOf(o), o]));
  return { configMaps: of("ConfigMap"), secrets: of("Secret") };
};

const SECRET_NAME = /PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL/i;
const looksSecret = (key: string, value: string): boolean =>
  value !== "" &&
  ((SECRET_NAME.test(key) && !/^(true|false|\d+)$/.test(value) && !/^\//.test(value)) || looksLikeCredential(value) !== undefined);

/** Values of a ConfigMap, or those of a Secret, decoded. */
const entriesOf = (object: Json | undefined): Record<string, string> =>
  object === undefined
    ? {}
    : object.kind === "Secret"
      ? Object.fromEntries(
          Object.entries(textsAt(object, "data")).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]),
        )
      : textsAt(object, "data");

/** The variables and files of a container, the last word on each key last, and what of them settings cannot say. */
export function variablesOf(
  service: string,
  title: string,
  pod: Json,
  container: Json,
  sources: Sources,
): { variables: Variable[]; notes: Note[] } {
  const notes: Note[] = [];
  const found: Variable[] = [];
  const where = "spec.template.spec.containers[0]";
  const add = (field: string, set: string, key: string, value: string, secret: boolean, as: Variable["as"]) => {
    const uncovered = !secret && looksSecret(key, value);
    if (!ConfigKey.safeParse(key).success)
      notes.push({ object: title, field, why: `its key ${key} is no name of a variable (letters, digits, underscores): rename it` });
    else if (uncovered) {
      notes.push({ object: title, field, why: `${key} looks like a credential and lay open: it becomes a secret` });
      found.push({ key, value, set: `${set}-secrets`, secret: true, as });
    } else found.push({ key, value, set, secret, as });
  };
  const all = (field: string, kind: "configMaps" | "secrets", name: string, prefix: string, as: Variable["as"], optional: boolean) => {
    const object = sources[kind].get(name);
    if (object === undefined && !optional)
      notes.push({ object: title, field, why: `there is no ${kind === "secrets" ? "Secret" : "ConfigMap"} ${name}` });
    for (const [key, value] of Object.entries(entriesOf(object))) add(field, setName(name), prefix + key, value, kind === "secrets", as);
    for (const key of Object.keys(mapAt(object, "binaryData")))
      notes.push({ object: title, field, why: `${name} holds binary data (${key})` });
  };
  listAt(container, "envFrom").forEach((source, i) => {
    const [kind, ref] = source.secretRef === undefined ? (["configMaps", "configMapRef"] as const) : (["secrets", "secretRef"] as const);
    all(
      `${where}.envFrom[${i}]`,
      kind,
      textAt(source, ref, "name") ?? "",
      textAt(source, "prefix") ?? "",
      "env",
      at(source, ref, "optional") === true,
    );
  });
  listAt(container, "env").forEach((variable, i) => {
    const field = `${where}.env[${i}]`;
    const key = textAt(variable, "name") ?? "";
    const from = mapAt(variable, "valueFrom");
    const ref = mapAt(from, from.secretKeyRef === undefined ? "configMapKeyRef" : "secretKeyRef");
    if (from.fieldRef !== undefined || from.resourceFieldRef !== undefined)
      notes.push({
        object: title,
        field,
        why: `${key} is told by the pod itself (valueFrom.${Object.keys(from)[0]}): settings have no word for it`,
      });
    else if (Object.keys(ref).length > 0) {
      const kind = from.secretKeyRef === undefined ? "configMaps" : "secrets";
      const value = entriesOf(sources[kind].get(textAt(ref, "name") ?? ""))[textAt(ref, "key") ?? ""];
      if (value !== undefined) add(field, setName(textAt(ref, "name")!), key, value, kind === "secrets", "env");
      else if (ref.optional !== true) notes.push({ object: title, field, why: `${key} comes from a key that is not there` });
    } else if (/\$\([A-Z_a-z]/.test(String(variable.value ?? "")))
      notes.push({ object: title, field, why: `${key} is put together from other variables: write it out in the settings` });
    else add(field, setName(`${service}-env`), key, String(variable.value ?? ""), false, "env");
  });
  const mounts = listAt(container, "volumeMounts");
  listAt(pod, "volumes").forEach((volume, i) => {
    const [kind, source, name] =
      volume.configMap !== undefined
        ? (["configMaps", "configMap", textAt(volume, "configMap", "name")] as const)
        : (["secrets", "secret", textAt(volume, "secret", "secretName")] as const);
    if (name === undefined) return;
    const field = `spec.template.spec.volumes[${i}]`;
    all(field, kind, name, "", "files", at(volume, source, "optional") === true);
    const now = `${kind === "secrets" ? "/var/run/secrets" : "/etc/config"}/${setName(name)}`;
    for (const mount of mounts.filter((m) => m.name === volume.name && m.mountPath !== now))
      notes.push({ object: title, field, why: `its files move from ${String(mount.mountPath)} to ${now}: tell the application` });
  });
  return { variables: found, notes };
}

/** Names of sets are short: lower case, at most 40. */
export const setName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 40)
    .replace(/-+$/, "") || "settings";
