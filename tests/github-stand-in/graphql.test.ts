import { readFileSync } from "node:fs";
import path from "node:path";
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputField,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from "graphql";
import { expect, test } from "vitest";
import { SDL } from "../../local/github/graphql/schema.ts";

// GitHub's own text repeats a field, which graphql-js would refuse.
const file = path.resolve(import.meta.dirname, "../../node_modules/@octokit/graphql-schema/schema.graphql");
const real = buildSchema(readFileSync(file, "utf8"), { assumeValidSDL: true });
const ours = buildSchema(SDL);
const own = Object.values(ours.getTypeMap()).filter(({ name }) => !name.startsWith("__"));

test("every type, field and argument of our part is GitHub's", () => {
  const faults: string[] = [];
  for (const type of own) {
    const theirs = real.getType(type.name);
    if (theirs === undefined || theirs.constructor !== type.constructor) faults.push(`${type.name}: GitHub has no such type`);
    else if (isUnionType(type) && isUnionType(theirs)) {
      const names = theirs.getTypes().map(({ name }) => name);
      faults.push(...type.getTypes().flatMap(({ name }) => (names.includes(name) ? [] : [`${type.name}: ${name} is not of it`])));
    } else if (
      (isObjectType(type) && isObjectType(theirs)) ||
      (isInterfaceType(type) && isInterfaceType(theirs)) ||
      (isInputObjectType(type) && isInputObjectType(theirs))
    ) {
      const fields: Record<string, GraphQLField<unknown, unknown> | GraphQLInputField> = theirs.getFields();
      for (const field of Object.values(type.getFields()) as (GraphQLField<unknown, unknown> | GraphQLInputField)[]) {
        const same = fields[field.name];
        if (same === undefined || String(same.type) !== String(field.type))
          faults.push(`${type.name}.${field.name}: ${same?.type} at GitHub, ${field.type} here`);
        const args = "args" in field ? field.args : [];
        const known = same !== undefined && "args" in same ? same.args.map((arg) => `${arg.name}: ${arg.type}`) : [];
        faults.push(
          ...args
            .map((arg) => `${arg.name}: ${arg.type}`)
            .flatMap((arg) => (known.includes(arg) ? [] : [`${type.name}.${field.name}(${arg})`])),
        );
      }
    }
  }
  expect(faults).toEqual([]);
  expect(own.length).toBeGreaterThan(40);
});
