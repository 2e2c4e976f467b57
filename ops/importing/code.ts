import type { Step } from "../engine.ts";

/** The statement to add to the program for something that was imported, with what was read as its arguments. */
export function codeFor({ urn, newState }: Step): string {
  const type = newState?.type ?? "";
  const { className, drop } = classOf(type);
  const inputs = Object.fromEntries(Object.entries(newState?.inputs ?? {}).filter(([key]) => !drop.has(key)));
  const name = urn.split("::").slice(3).join("::");
  return `new ${className}(${JSON.stringify(name)}, ${literal(inputs, "")});`;
}

function classOf(type: string): { className: string; drop: ReadonlySet<string> } {
  const [pkg = "", module = "", kind = ""] = type.split(":");
  if (pkg !== "kubernetes")
    return { className: [pkg, module.split("/")[0], kind].filter((part) => part && part !== "index").join("."), drop: new Set() };
  const [group = "", version = ""] = module.split("/");
  const builtIn = !group.includes(".") || group.endsWith(".k8s.io");
  // The SDK has classes for Kubernetes' own kinds only.
  if (!builtIn || group.startsWith("gateway.")) return { className: "k8s.apiextensions.CustomResource", drop: new Set() };
  return { className: `k8s.${group.split(".")[0]}.${version}.${kind}`, drop: new Set(["apiVersion", "kind"]) };
}

const identifier = /^[A-Za-z_$][\w$]*$/;

function literal(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (value === "[secret]") return 'config.requireSecret("…")';
  if (Array.isArray(value)) {
    return value.length === 0 ? "[]" : `[\n${value.map((item) => `${inner}${literal(item, inner)},\n`).join("")}${indent}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  const lines = entries.map(([key, item]) => `${inner}${identifier.test(key) ? key : JSON.stringify(key)}: ${literal(item, inner)},\n`);
  return `{\n${lines.join("")}${indent}}`;
}
