import { JSONPath } from "jsonpath-plus";
import { UserError } from "../../../../ops/user-error.ts";
import { READY, waiting } from "../../../../readiness/verdict.ts";
import { isMap, type PropertyMap } from "../../../engine/values.ts";
import { WAIT_FOR } from "../annotations.ts";
import type { Awaiter } from "./awaiters.ts";

type Test = (object: PropertyMap) => boolean;

/**
 * What `pulumi.com/waitFor` asks for, in the place of the kind's own readiness: `condition=Type[=Status]`,
 * `jsonpath={.status.phase}[=value]`, or a JSON array of these, all of which must hold.
 */
export function waitForAwaiter(text: string): Awaiter {
  const tests = expressions(text).map((expression) => ({ expression, holds: parse(expression) }));
  return {
    watches: [],
    judge: ({ object }) => {
      const open = tests.filter(({ holds }) => !holds(object as PropertyMap)).map(({ expression }) => expression);
      return open.length === 0 ? READY : waiting(`waiting for ${open.join(", ")}`);
    },
  };
}

function expressions(text: string): string[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [text];
  }
  if (!Array.isArray(list) || list.length === 0 || !list.every((entry) => typeof entry === "string")) throw malformed(text);
  return list;
}

function parse(expression: string): Test {
  const condition = /^condition=([^=]+)(?:=(.+))?$/.exec(expression);
  if (condition !== null) {
    const [, type = "", wanted = "True"] = condition;
    return ({ status }) =>
      isMap(status) &&
      Array.isArray(status.conditions) &&
      status.conditions
        .filter(isMap)
        .some((c) => String(c.type).toLowerCase() === type.toLowerCase() && String(c.status).toLowerCase() === wanted.toLowerCase());
  }
  const jsonpath = /^jsonpath=\{(.+)\}(?:==?(.*))?$/.exec(expression);
  if (jsonpath === null) throw malformed(expression);
  const [, path = "", wanted] = jsonpath;
  return (object) => {
    const found: unknown = JSONPath({ path: path.startsWith("$") ? path : `$${path}`, json: object as object, eval: "safe" });
    if (!Array.isArray(found) || found.length === 0) return false;
    return wanted === undefined ? true : found.every((value) => String(value) === wanted.replace(/^(['"])(.*)\1$/, "$2"));
  };
}

const malformed = (text: string): UserError =>
  new UserError(
    `the annotation ${WAIT_FOR} reads "condition=Type", "jsonpath={.path}=value" or a JSON array of these, not ${JSON.stringify(text)}`,
  );
