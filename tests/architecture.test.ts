import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const under = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts") && !file.includes("node_modules"))
    .map((file) => path.join(folder, file));
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const linesOf = (file: string): number => read(file).trimEnd().split("\n").length;

interface Import {
  /** Path from the root for a file of ours, the package's name otherwise. */
  target: string;
  typeOnly: boolean;
}

/** Everything a file imports or re-exports, `import()` included. */
function importsOf(file: string): Import[] {
  const source = parse(file);
  const found: Import[] = [];
  const add = (specifier: ts.Expression | undefined, typeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    const { text } = specifier;
    found.push({ target: text.startsWith(".") ? path.join(path.dirname(file), text) : text, typeOnly });
  };
  visit(source, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false);
  });
  return found;
}

const parse = (file: string): ts.SourceFile => ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
function visit(node: ts.Node, action: (node: ts.Node) => void): void {
  action(node);
  ts.forEachChild(node, (child) => visit(child, action));
}

const components = under("components");
const ops = under("ops");
const local = under("local");
const readiness = under("readiness");
const ours = ["index.ts", "extend.ts", ...components, ...ops, ...local, ...readiness];

/** `file -> target` of every import that `allowed` does not allow. */
const breaches = (files: string[], allowed: (target: string, file: string, typeOnly: boolean) => boolean): string[] =>
  files.flatMap((file) =>
    importsOf(file).flatMap(({ target, typeOnly }) => (allowed(target, file, typeOnly) ? [] : [`${file} -> ${target}`])),
  );
const inside = (target: string, ...folders: string[]): boolean => folders.some((folder) => target.startsWith(`${folder}/`));
const isPackage = (target: string): boolean =>
  !inside(target, "components", "ops", "local", "readiness", "tests", "examples") && !target.endsWith(".ts");

describe("arrows point one way", () => {
  test("there is something to look at", () => {
    expect(Math.min(components.length, ops.length, local.length)).toBeGreaterThan(20);
    expect(importsOf("index.ts").map(({ target }) => target)).toContain("components/settings.ts");
  });
  test("components know nothing of the command or of the local world", () => {
    expect(breaches(components, (target) => isPackage(target) || inside(target, "components"))).toEqual([]);
  });
  test("the program is made of components", () => {
    expect(breaches(["index.ts", "extend.ts"], (target) => target === "extend.ts" || inside(target, "components"))).toEqual([]);
  });
  test("what the cluster's reports mean is decided in one place, which knows neither the command nor the local world", () => {
    expect(readiness.length).toBeGreaterThan(5);
    expect(breaches(readiness, (target) => isPackage(target) || inside(target, "readiness"))).toEqual([]);
  });
  test("the local world knows of the command only the engine's interface and the class of errors that users can mend", () => {
    const contracts = ["ops/engine.ts", "ops/user-error.ts"];
    const allowed = (target: string) => isPackage(target) || inside(target, "local", "readiness") || contracts.includes(target);
    expect(breaches(local, allowed)).toEqual([]);
  });
  test("the command knows the local world only where it chooses an engine, and in the commands that are about it", () => {
    const allowed = (file: string) => file === "ops/select-engine.ts" || /^ops\/(commands\/local(\/|\.ts$|-)|local(\/|\.ts$))/.test(file);
    expect(breaches(ops, (target, file, typeOnly) => !inside(target, "local") || typeOnly || allowed(file))).toEqual([]);
  });
  test("what decides about settings can be asked without Pulumi", () => {
    const pure = ["components/parse.ts", "components/secrets.ts", ...components.filter((file) => /\.schema\.ts$|\/rules\//.test(file))];
    const reached = new Set<string>();
    const follow = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const { target, typeOnly } of importsOf(file)) if (!typeOnly && target.endsWith(".ts")) follow(target);
    };
    for (const file of pure) follow(file);
    expect(breaches([...reached], (target, _, typeOnly) => typeOnly || !target.startsWith("@pulumi/"))).toEqual([]);
  });
});

describe("the program", () => {
  const classes = components.flatMap((file) => {
    const found: { file: string; node: ts.ClassDeclaration }[] = [];
    visit(parse(file), (node) => {
      if (ts.isClassDeclaration(node) && node.heritageClauses?.some((clause) => /ComponentResource/.test(clause.getText())))
        found.push({ file, node });
    });
    return found;
  });

  test("reads configuration in one place", () => {
    const readers = ours.filter((file) => /new pulumi\.Config\(|runtime\.allConfig\(/.test(read(file)));
    expect(readers).toEqual(["components/settings.ts"]);
  });
  test("reads no environment variables, no clock but one and no network, and never ends the process", () => {
    const forbidden = /process\.env|process\.exit|Date\.now|new Date\(|fetch\(|Math\.random/;
    const found = [...components, "index.ts", "extend.ts"].filter((file) => forbidden.test(read(file)));
    // How long a release has been live upstream needs the time.
    expect(found).toEqual(["components/clock.ts"]);
  });
  test("branches on no environment's name", () => {
    const names = /["'`](development|staging|testing|production|dev|prod)["'`]/;
    expect([...components, "index.ts", "extend.ts"].filter((file) => names.test(read(file)))).toEqual([]);
  });
  test("has components", () => expect(classes.length).toBeGreaterThan(7));
  test.each(classes.map(({ file, node }) => [node.name?.text ?? file, node] as const))(
    "%s hands its outputs over last, under a type of ours, without its arguments",
    (_, node) => {
      const declared = node.members.find(ts.isConstructorDeclaration);
      const statements = declared?.body?.statements ?? [];
      expect(statements.at(-1)?.getText()).toMatch(/^this\.registerOutputs\(/);
      // A component's arguments are saved in state in clear: none are passed.
      expect(statements.map((statement) => statement.getText()).find((text) => text.startsWith("super("))).toMatch(
        /^super\("liftlock:[a-z]+:[A-Z][A-Za-z]+", name, \{\}, opts\);$/,
      );
    },
  );
  test("creates no resource inside apply", () => {
    const offenders: string[] = [];
    for (const file of ["index.ts", "extend.ts", ...components]) {
      visit(parse(file), (node) => {
        if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression) || node.expression.name.text !== "apply") return;
        for (const argument of node.arguments)
          visit(argument, (inner) => ts.isNewExpression(inner) && offenders.push(`${file}: ${inner.getText()}`));
      });
    }
    expect(offenders).toEqual([]);
  });
  test("gives every resource a parent, so that it inherits the cluster's provider", () => {
    const offenders: string[] = [];
    for (const file of components) {
      visit(parse(file), (node) => {
        if (!ts.isNewExpression(node) || !/^k8s\.[a-z0-9]+(\.v\d)?\.[A-Z]/.test(node.expression.getText())) return;
        const options = node.arguments?.[2]?.getText() ?? "";
        if (!/\bparent\b|\.\.\.options/.test(options)) offenders.push(`${file}: ${node.expression.getText()}`);
      });
    }
    expect(offenders).toEqual([]);
  });
});

test("nothing but the command line's own entry ends the process", () => {
  const offenders = [...components, ...ops, ...local, ...readiness].filter((file) => /process\.exit\(/.test(read(file)));
  expect(offenders.filter((file) => !/^ops\/(main|cli|bin)\.ts$/.test(file))).toEqual([]);
});

describe("files hold one idea each", () => {
  const tooLong = (files: string[], limit: number) =>
    files.filter((file) => linesOf(file) > limit).map((file) => `${file}: ${linesOf(file)} lines`);
  test("index.ts is a table of contents", () => expect(tooLong(["index.ts"], 80)).toEqual([]));
  test("components", () => expect(tooLong(components, 150)).toEqual([]));
  test("commands", () =>
    expect(
      tooLong(
        ops.filter((file) => file.startsWith("ops/commands/")),
        120,
      ),
    ).toEqual([]));
  test("anything", () => expect(tooLong([...ours, ...under("tests")], 400)).toEqual([]));
});
