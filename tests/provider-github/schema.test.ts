import { describe, expect, test } from "vitest";
import { INVOKES } from "../../local/providers/github/invokes/tokens.ts";
import { RESOURCES } from "../../local/providers/github/schema/resource.ts";
import { declared, described } from "./support/sdk.ts";

const fileOf = (token: string): string => `${token.split(/[/:]/)[2]}.d.ts`;
const nameOf = (token: string): string => token.split(":")[2]!;

describe("our tables say what the SDK's types say", () => {
  test.each(Object.keys(RESOURCES))("%s", (token) => {
    const { inputs, outputs } = RESOURCES[token]!;
    expect(described(inputs)).toEqual(declared(fileOf(token), `${nameOf(token)}Args`));
    const state = declared(fileOf(token), `${nameOf(token)}State`).map((line) => line.split("?")[0]);
    expect([...Object.keys(inputs), ...outputs].sort()).toEqual(state);
  });

  test.each(Object.entries(INVOKES))("%s", (token, outputs) => {
    const name = nameOf(token);
    const result = declared(fileOf(token), `G${name.slice(1)}Result`).map((line) => line.split(/[?:]/)[0]);
    const args = declared(fileOf(token), `G${name.slice(1)}Args`).map((line) => line.split(/[?:]/)[0]);
    expect(result.filter((key) => !args.includes(key) || outputs.includes(key!))).toEqual([...outputs].sort());
  });
});
