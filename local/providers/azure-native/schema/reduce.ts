import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import ts from "typescript";
import type { ClassTypes, Fields, SdkTypes, Shape } from "./types.ts";

const root = path.dirname(createRequire(import.meta.url).resolve("@pulumi/azure-native/package.json"));

/** What the SDK's declaration files say of some of its classes (`dbforpostgresql:Server`), and of every type that their inputs lead to. */
export function reduceSdk(classes: readonly string[]): SdkTypes {
  const types: Record<string, Fields> = {};
  const reduced = classes.map((key) => [key, reduceClass(key, types)] as const);
  return { classes: Object.fromEntries(reduced), types: Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function reduceClass(key: string, types: Record<string, Fields>): ClassTypes {
  const [module = "", name = ""] = key.split(":");
  const file = `${name[0]!.toLowerCase()}${name.slice(1)}.d.ts`;
  const text = readFileSync(path.join(root, module, file), "utf8");
  const source = parse(text);
  const declared = source.statements.find((s): s is ts.ClassDeclaration => ts.isClassDeclaration(s) && s.name?.text === name);
  if (declared === undefined) throw new Error(`${module}/${file} declares no ${name}`);
  const outputs = declared.members.filter(ts.isPropertyDeclaration).map((member) => member.name.getText(source));
  return {
    apiVersion: /Azure REST API version ([\w-]+)/.exec(text)?.[1] ?? "",
    inputs: fieldsOf(interfaceOf(source.statements, `${name}Args`), source, types),
    outputs: outputs.sort(),
  };
}

const parse = (text: string): ts.SourceFile => ts.createSourceFile("sdk.d.ts", text, ts.ScriptTarget.Latest, true);

function interfaceOf(statements: readonly ts.Statement[], name: string): ts.InterfaceDeclaration {
  const found = statements.find((s): s is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(s) && s.name.text === name);
  if (found === undefined) throw new Error(`the SDK declares no ${name}`);
  return found;
}

function fieldsOf(declared: ts.InterfaceDeclaration, source: ts.SourceFile, types: Record<string, Fields>): Fields {
  const fields = declared.members.filter(ts.isPropertySignature).map((member) => {
    const shape = shapeOf(member.type!, source, types);
    return [member.name.getText(source), member.questionToken ? { shape } : { shape, required: true as const }] as const;
  });
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shapeOf(type: ts.TypeNode, source: ts.SourceFile, types: Record<string, Fields>): Shape {
  const inner = (node: ts.TypeNode) => shapeOf(node, source, types);
  if (ts.isParenthesizedTypeNode(type)) return inner(type.type);
  if (ts.isUnionTypeNode(type)) {
    const parts = type.types.filter((part) => part.kind !== ts.SyntaxKind.UndefinedKeyword).map(inner);
    // `string | enums.X`: values that the SDK knows, and any that it does not know yet.
    if (parts.includes("string")) return "string";
    return parts.length === 1 ? parts[0]! : { anyOf: parts };
  }
  if (ts.isArrayTypeNode(type)) return { list: inner(type.elementType) };
  if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal)) return { oneOf: [type.literal.text] };
  if (ts.isTypeLiteralNode(type)) {
    const index = type.members.find(ts.isIndexSignatureDeclaration);
    if (index !== undefined) return { map: inner(index.type) };
  }
  const text = type.getText(source);
  if (text === "string" || text === "number" || text === "boolean" || text === "any") return text;
  if (ts.isTypeReferenceNode(type)) {
    const name = type.typeName.getText(source);
    if (name === "pulumi.Input") return inner(type.typeArguments![0]!);
    if (name.startsWith("inputs.")) return named(name.slice("inputs.".length), types);
    if (name.startsWith("enums.")) return { oneOf: enumValues(name.slice("enums.".length)) };
  }
  throw new Error(`a type of a new kind: ${text}`);
}

function named(name: string, types: Record<string, Fields>): Shape {
  if (types[name] === undefined) {
    types[name] = {}; // itself may lead back to it
    const [module = "", own = ""] = name.split(".");
    const source = namespace(module);
    const body = (source.statements[0] as ts.ModuleDeclaration).body as ts.ModuleBlock;
    types[name] = fieldsOf(interfaceOf(body.statements, own), source, types);
  }
  return { type: name };
}

const INPUTS = readFileSync(path.join(root, "types/input.d.ts"), "utf8");
const namespaces = new Map<string, ts.SourceFile>();
/** One namespace of types/input.d.ts, which holds 250. */
function namespace(name: string): ts.SourceFile {
  const start = INPUTS.indexOf(`\nexport declare namespace ${name} {`) + 1;
  const source = namespaces.get(name) ?? parse(INPUTS.slice(start, INPUTS.indexOf("\n}\n", start) + 3));
  namespaces.set(name, source);
  return source;
}

function enumValues(name: string): string[] {
  const [module = "", own = ""] = name.split(".");
  const source = parse(readFileSync(path.join(root, "types/enums", module, "index.d.ts"), "utf8"));
  const declared = source.statements
    .filter(ts.isVariableStatement)
    .flatMap((s) => [...s.declarationList.declarations])
    .find((d) => d.name.getText(source) === own);
  if (declared?.type === undefined || !ts.isTypeLiteralNode(declared.type)) throw new Error(`the SDK declares no enum ${name}`);
  return declared.type.members.filter(ts.isPropertySignature).map((member) => member.type!.getText(source).slice(1, -1));
}
