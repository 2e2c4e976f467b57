import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { at, type Block, blocks, noteOf } from "./pages.ts";
import { schemaAt } from "./settings.ts";

const ajv = new Ajv2020({ strict: false, allErrors: true });
const yaml = blocks.filter(({ language }) => language === "yaml");

/** What the settings' own schema has against a fragment at its place. */
function faults(place: string, fragment: unknown): string[] {
  const schema = schemaAt(place);
  if (schema === undefined) return [`the settings have no ${place}`];
  const validate = ajv.compile(schema);
  if (validate(fragment)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

/** `…` stands for what is too long to show: the rest of a digest, an id. */
const spelledOut = (text: string): string => text.replaceAll("sha256:…", `sha256:${"0".repeat(64)}`).replaceAll("…", "x");

test.each(yaml.map((block): [string, Block] => [at(block), block]))("%s is YAML, and settings are such as the schema takes", (_, block) => {
  const fragment: unknown = parse(spelledOut(block.text));
  expect(typeof fragment).toBe("object");
  if (noteOf(block, "not settings") !== undefined) return;
  const place = noteOf(block, "at");
  expect(place, "say where it belongs: <!-- at: environment --> above the fence (tests/docs/README.md)").toBeDefined();
  expect(faults(place!, fragment)).toEqual([]);
});

describe("a fragment with a fault is refused", () => {
  test.each([
    ["an unknown key", "environment", "replicaz: 3", /replicaz/],
    ["an unknown key in a list", "application.services", "- { name: web, kind: web, prt: 3000 }", /prt/],
    ["a value that is none of those", "application.services", "- { name: web, kind: wob }", /kind/],
    ["a wrong type", "environment.defaults", "replicas: { min: many }", /min/],
    ["a place that does not exist", "environment.nothing", "a: 1", /no environment\.nothing/],
  ])("%s", (_, place, text, reason) => {
    expect(faults(place, parse(text)).join("\n")).toMatch(reason);
  });
});
