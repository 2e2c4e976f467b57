import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { misbehaviours } from "../../local/cluster/index.ts";
import { stagesYaml } from "../../local/cluster/stages/index.ts";
import { imagePattern, type Misbehaviour } from "../../local/cluster/stages/misbehaviour.ts";

const kinds = Object.keys(misbehaviours) as Misbehaviour[];
const kindsOf = (image: string) => kinds.filter((kind) => new RegExp(imagePattern(kind)).test(image));
const digest = (start: string) => `sha256:${start.padEnd(64, "0")}`;

describe("what an image does is in its text", () => {
  test.each([
    ["nginx:1.29", []],
    [`ghcr.io/team/api@${digest("0bad0000")}`, []],
    ["team/misbehaves-crashes:1", []],
    ["team/notmisbehaves-crash:1", []],
    ["busybox:fails2", []],
    ["mynginx:does-not-exist", []],
    ["team/api:misbehaves-pull", ["pull"]],
    [`team/api:1.4.0-misbehaves-crash@${digest("1")}`, ["crash"]],
    [`liftlock.local/misbehaves-fail/api@${digest("1")}`, ["fail"]],
    ["misbehaves-unready", ["unready"]],
    ["api:misbehaves-slow-45", ["slow"]],
    ["api:misbehaves-slow-misbehaves-fail", ["fail", "slow"]],
    [`api@${digest("bad00001")}`, ["pull"]],
    [`api:1.0@${digest("bad00005")}`, ["slow"]],
    ["docker.io/library/nginx:does-not-exist", ["pull"]],
    ["busybox:fails", ["fail"]],
  ])("%s", (image, expected) => expect(kindsOf(image)).toEqual(expected));

  test("patterns can stand inside quotes in jq and in Go templates", () => {
    for (const kind of kinds) expect(imagePattern(kind)).not.toMatch(/["'`\\]/);
  });
});

test("kwok's configuration is one Stage a document, each with a name of its own", () => {
  const stages = parseAllDocuments(stagesYaml()).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as { kind: string; metadata: { name: string } };
  });
  expect(stages.length).toBeGreaterThan(15);
  expect(stages.every(({ kind }) => kind === "Stage")).toBe(true);
  expect(new Set(stages.map(({ metadata }) => metadata.name)).size).toBe(stages.length);
});
