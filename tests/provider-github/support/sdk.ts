import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import ts from "typescript";
import type { Fields, Shape } from "../../../local/providers/github/schema/shape.ts";

const root = path.dirname(createRequire(import.meta.url).resolve("@pulumi/github/package.json"));
const parsed = new Map<string, ts.SourceFile>();
const parse = (file: string): ts.SourceFile => {
  const source = parsed.get(file) ?? ts.createSourceFile(file, readFileSync(path.join(root, file), "utf8"), ts.ScriptTarget.Latest);
  parsed.set(file, source);
  return source;
};

/** `name?: text` lines of an interface of the SDK, lists and nested interfaces spelled out: what its compiler lets a program write. */
export function declared(file: string, name: string): string[] {
  const found = parse(file).statements.find((s): s is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(s) && s.name.text === name);
  if (found === undefined) throw new Error(`${file} declares no ${name}`);
  const source = parse(file);
  return found.members
    .filter(ts.isPropertySignature)
    .map((member) => `${member.name.getText(source)}${member.questionToken ? "?" : ""}: ${typeText(member.type!, source)}`)
    .sort();
}

/** Without `Input<>` and `undefined`, which say nothing about the value. */
function typeText(type: ts.TypeNode, source: ts.SourceFile): string {
  if (ts.isUnionTypeNode(type))
    return type.types
      .map((part) => typeText(part, source))
      .filter((text) => text !== "undefined")
      .join(" | ");
  if (ts.isArrayTypeNode(type)) return `[${typeText(type.elementType, source)}]`;
  if (!ts.isTypeReferenceNode(type)) return type.getText(source);
  const reference = type.typeName.getText(source);
  if (reference === "pulumi.Input") return typeText(type.typeArguments![0]!, source);
  if (reference.startsWith("inputs.")) return `{ ${declared("types/input.d.ts", reference.slice("inputs.".length)).join("; ")} }`;
  if (reference.startsWith("outputs.")) return reference;
  throw new Error(`a type of a new kind: ${type.getText(source)}`);
}

/** The same lines from our own tables. */
export const described = (fields: Fields): string[] =>
  Object.entries(fields)
    .map(([key, field]) => `${key}${field.required ? "" : "?"}: ${shapeText(field.shape)}`)
    .sort();

function shapeText(shape: Shape): string {
  if (shape.kind === "list") return `[${shapeText(shape.of)}]`;
  if (shape.kind === "object") return `{ ${described(shape.fields).join("; ")} }`;
  return { text: "string", flag: "boolean", whole: "number" }[shape.kind];
}
