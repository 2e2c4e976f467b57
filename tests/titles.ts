import { readFileSync } from "node:fs";
import ts from "typescript";

const RUNNERS = new Set(["test", "it", "describe"]);

/**
 * What a test file calls its tests: titles of `test`, `it` and `describe`, and every text in the tables that `.each` goes through (rows name the
 * cases, by `%s` or `$name`), also where the table stands in a variable of the same file. Texts elsewhere, such as those that are asserted, are none; a test
 * that never runs (`skip`, `todo`) is none either.
 */
export function titlesIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const variables = new Map<string, ts.Expression>();
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined)
      variables.set(node.name.text, node.initializer);
    if (ts.isCallExpression(node)) {
      const { runner, table } = runnerOf(node.expression);
      if (runner) {
        titles.push(...textsIn(node.arguments.slice(0, 1)));
        titles.push(...textsIn(table, variables));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

/** `test`, `test.each(table)`, `describe.concurrent.each(table)`: whether a call of it makes a test, and the table's expression. */
function runnerOf(expression: ts.Expression): { runner: boolean; table: readonly ts.Expression[] } {
  const none = { runner: false, table: [] };
  if (ts.isIdentifier(expression)) return { runner: RUNNERS.has(expression.text), table: [] };
  if (ts.isPropertyAccessExpression(expression))
    return ["skip", "todo", "each", "for"].includes(expression.name.text) ? none : runnerOf(expression.expression);
  if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression)) return none;
  const { name, expression: of } = expression.expression;
  if (!["each", "for"].includes(name.text)) return none;
  return { runner: runnerOf(of).runner, table: expression.arguments };
}

/** Every text in some expressions; of templates the parts that stand in the file. */
function textsIn(expressions: readonly ts.Expression[], variables: ReadonlyMap<string, ts.Expression> = new Map()): string[] {
  const texts: string[] = [];
  const seen = new Set<ts.Node>();
  const visit = (node: ts.Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    const table = ts.isIdentifier(node) ? variables.get(node.text) : undefined;
    if (table !== undefined && !ts.isFunctionLike(table)) visit(table);
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node))
      texts.push(node.text);
    else if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) texts.push(node.name.text);
    ts.forEachChild(node, visit);
  };
  for (const expression of expressions) visit(expression);
  return texts;
}
