import { writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

/** A program that declares what its configuration lists, so that a test states a whole deployment in a few lines. */
export interface Declared {
  name: string;
  type?: string;
  component?: boolean;
  /** A text "<name.key>" is an output of an earlier resource; "<secret:key>" a secret setting. */
  inputs?: Record<string, unknown>;
  parent?: string;
  dependsOn?: string[];
  provider?: string;
  options?: pulumi.CustomResourceOptions;
  deletedWith?: string;
  outputs?: Record<string, unknown>;
}
interface Spec {
  resources: Declared[];
  outputs?: Record<string, unknown>;
  /** Names of stacks whose outputs the stack's own outputs repeat, as `stack <name>`. */
  references?: string[];
  log?: string[];
  fail?: string;
  crash?: string;
  /** Writes this file, and waits for ever. */
  wait?: string;
}

const config = new pulumi.Config();
const spec = config.requireObject<Spec>("spec");
const made = new Map<string, pulumi.Resource>();

function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, resolve(v)]));
  if (typeof value !== "string") return value;
  const secret = /^<secret:(\w+)>$/.exec(value);
  if (secret) return config.requireSecret(secret[1]!);
  const reference = /^<([\w-]+)\.(\w+)>$/.exec(value);
  return reference ? (made.get(reference[1]!) as unknown as Record<string, unknown>)[reference[2]!] : value;
}

class Thing extends pulumi.CustomResource {
  constructor(type: string, name: string, inputs: object, options: pulumi.CustomResourceOptions) {
    // Every property that a test refers to exists as an output.
    super(type, name, { size: undefined, label: undefined, token: undefined, fixed: undefined, serial: undefined, ...inputs }, options);
  }
}
class Group extends pulumi.ComponentResource {}
class TestProvider extends pulumi.ProviderResource {}

/** Secrets in clear, as a careless program prints them. */
const inClear = (text: string): string =>
  text
    .replace(/<secret:(\w+)>/g, (_, key: string) => config.require(key))
    .replace(/<base64:(\w+)>/g, (_, key: string) => Buffer.from(config.require(key)).toString("base64"));

for (const line of spec.log ?? []) console.log(inClear(line));
for (const { name, type = "test:index:Thing", ...declared } of spec.resources) {
  const find = (key: string | undefined) => (key === undefined ? undefined : made.get(key));
  const options: pulumi.CustomResourceOptions = {
    ...declared.options,
    parent: find(declared.parent),
    dependsOn: (declared.dependsOn ?? []).map((key) => made.get(key)!),
    deletedWith: find(declared.deletedWith),
  };
  const inputs = resolve(declared.inputs ?? {}) as object;
  if (declared.component) {
    const { provider: _, ...rest } = options;
    const group = new Group(type === "test:index:Thing" ? "test:index:Group" : type, name, {}, rest);
    made.set(name, group);
  } else if (type.startsWith("pulumi:providers:")) {
    made.set(name, new TestProvider("test", name, inputs as pulumi.Inputs, options));
  } else {
    const provider = find(declared.provider) as pulumi.ProviderResource | undefined;
    made.set(name, new Thing(type, name, inputs, provider === undefined ? options : { ...options, provider }));
  }
}
for (const { name, outputs } of spec.resources) {
  if (outputs) (made.get(name) as unknown as { registerOutputs(o: unknown): void }).registerOutputs(resolve(outputs));
}
if (spec.wait) {
  writeFileSync(spec.wait, "");
  await new Promise(() => setInterval(() => {}, 1000));
}
if (spec.fail) throw new pulumi.RunError(spec.fail);
if (spec.crash) throw new TypeError(inClear(spec.crash));

const references = (spec.references ?? []).map((name) => [`stack ${name}`, new pulumi.StackReference(name).outputs] as const);
export default () => ({ ...(resolve(spec.outputs ?? {}) as object), ...Object.fromEntries(references) });
