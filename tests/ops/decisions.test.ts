import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandName } from "../../ops/main.ts";
import { similar } from "../../ops/project-dir.ts";
import { repeatedFlags } from "../../ops/repeated-flags.ts";
import { segments } from "../../ops/report/diff.ts";
import { failuresOf } from "../../ops/report/failure.ts";
import { headline } from "../../ops/report/headline.ts";
import { shortImage } from "../../ops/report/image.ts";
import { nextSteps, quoted } from "../../ops/report/next-steps.ts";
import { bytes, cores } from "../../ops/report/quantity.ts";
import { duration, listed, short } from "../../ops/report/text.ts";
import { timingLines } from "../../ops/report/timings.ts";
import { wantsColor } from "../../ops/terminal/io.ts";
import { quantity } from "../../readiness/quantity.ts";

describe("quantities", () => {
  test.each([
    ["50m", 0.05],
    ["1", 1],
    ["1.5", 1.5],
    [2, 2],
    ["64Mi", 64 * 2 ** 20],
    ["1Gi", 2 ** 30],
    ["1e3", 1000],
    ["128M", 128e6],
    ["lots", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%j", (text, expected) => {
    expect(quantity(text)).toEqual(expected);
  });
  test("shown and read again, they are the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 1023 }), (milli, mebi) => {
        expect(quantity(cores(milli / 1000))).toBeCloseTo(milli / 1000);
        expect(quantity(bytes(mebi * 2 ** 20))).toBe(mebi * 2 ** 20);
      }),
    );
  });
});

test.each([
  ["registry.example.com:5000/ferry/api:1.4.2@sha256:77b0e1d2aaaa", "api:1.4.2@77b0e1d2"],
  ["api", "api"],
  ["ghcr.io/acme/api@sha256:77b0e1d2aaaa", "api@77b0e1d2"],
])("image %s is shown as %s", (image, expected) => {
  expect(shortImage(image)).toBe(expected);
});

test.each([
  [0.04, "0.0 s"],
  [9.94, "9.9 s"],
  [9.96, "10 s"],
  [59.4, "59 s"],
  [59.6, "1 min 00 s"],
  [125, "2 min 05 s"],
])("%d seconds", (seconds, expected) => {
  expect(duration(seconds)).toBe(expected);
});

test.each([
  [[], ""],
  [["a"], "a"],
  [["a", "b"], "a and b"],
  [["a", "b", "c"], "a, b and c"],
])("listed %j", (words, expected) => {
  expect(listed(words)).toBe(expected);
});

test("values in few words", () => {
  expect(short("a\nb\n")).toBe("2 lines");
  expect(short("x".repeat(60))).toHaveLength(48);
  expect(short({ a: 1 })).toBe("1 field");
  expect(short(["a", "b"])).toBe("a, b");
  expect(short([{ a: 1 }, {}])).toBe("2 entries");
  expect(short("")).toBe('""');
  expect(short("Server=db;Password=hunter2;Port=1")).toBe("Server=db;Password=…;Port=1");
});

describe("paths of the engine", () => {
  const spec = { containers: [{ name: "api", image: "x" }], data: { "a.b/c": 1, "flags.json": "{}" } };
  test.each([
    ["containers[0].image", ["containers", "api", "image"]],
    ['data["a.b/c"]', ["data", "a.b/c"]],
    ["data.a.b/c", ["data", "a.b/c"]],
    ["data.flags.json", ["data", "flags.json"]],
    ["containers[3].image", ["containers", "3", "image"]],
    ["new.path", ["new", "path"]],
    ["", []],
  ])("%s", (path, expected) => {
    expect(segments(path, spec)).toEqual(expected);
  });
});

describe("what a person probably meant", () => {
  const stacks = ["development", "staging", "production"];
  test.each([
    ["prod", "production"],
    ["dev", "development"],
    ["stagign", "staging"],
    ["Production", "production"],
    ["qa", undefined],
    ["", undefined],
  ])("%s", (typed, expected) => {
    expect(similar(typed, stacks)).toBe(expected);
  });
  test("not among equals", () => {
    expect(similar("pro", ["production-eu", "production-us"])).toBeUndefined();
    expect(similar("x", [])).toBeUndefined();
  });
});

describe("headlines", () => {
  test.each([
    [{}, "no changes"],
    [{ same: 3 }, "no changes, 3 unchanged"],
    [{ create: 2, same: 1, delete: 1 }, "1 deleted, 2 created, 1 unchanged"],
    [{ import: 1 }, "1 adopted"],
  ])("%j", (summary, expected) => {
    expect(headline(summary)).toBe(expected);
  });
  test("of a refresh", () => {
    expect(headline({ same: 4 }, "refresh")).toBe("no drift, 4 as recorded");
    expect(headline({ delete: 1, same: 4 }, "refresh")).toBe("1 gone, 4 as recorded");
  });
});

describe("failures", () => {
  const urn = "urn:pulumi:s::p::kubernetes:apps/v1:Deployment::api";
  const of = (message: string, on: string | undefined = urn) =>
    failuresOf({ diagnostics: [{ urn: on, severity: "error", message }] }, [], "staging")[0];
  test.each([
    ["[CrashLoopBackOff] back-off", /log says why/],
    ["[InvalidImageName] x", /image of api under release\.images in Pulumi\.staging\.yaml/],
    ['pods "x" is forbidden: exceeded quota: environment', /quota does not hold it/],
    ["0/1 nodes are available: Insufficient cpu.", /lower the requests of api/],
    ['violates PodSecurity "restricted:v1.36"', /restricted Pod Security/],
    ["connect ECONNREFUSED 127.0.0.1:6443", /liftlock local status/],
    ['services "api" already exists', /belongs to no stack/],
    ["'api' timed out waiting to be Ready", /did not become ready in time/],
  ])("%s", (message, next) => {
    expect(of(message)?.next).toMatch(next);
  });
  test("an unknown reason gets no made-up advice", () => {
    expect(of("strange")).toEqual({
      what: "Deployment api",
      why: ["strange"],
      next: undefined,
      object: { kind: "Deployment", namespace: undefined, name: "api" },
    });
  });
  test("a fault of the program is the program's", () => {
    expect(of("Pulumi.staging.yaml is not valid", "urn:pulumi:staging::ferry::pulumi:pulumi:Stack::ferry-staging")?.what).toBe(
      "the program of stack staging",
    );
  });
  test("the cause comes before what follows from it, and once", () => {
    const diagnostics = [
      {
        urn,
        severity: "error" as const,
        message: "3 errors occurred:\n\t* timed out waiting\n\t* [ImagePullBackOff] x\n\t* timed out waiting\n",
      },
      { severity: "error" as const, message: "update failed\n" },
      { severity: "warning" as const, message: "careful" },
    ];
    expect(failuresOf({ diagnostics }, [], "staging").map((f) => f.why)).toEqual([["[ImagePullBackOff] x", "timed out waiting"]]);
  });
  test('"update failed" alone is still told', () => {
    expect(failuresOf({ diagnostics: [{ severity: "error", message: "update failed" }] }, [], "staging")).toHaveLength(1);
  });
});

describe("what is suggested", () => {
  test("works as it stands", () => {
    const steps = nextSteps({
      command: "./liftlock",
      flags: " --local",
      stack: "staging",
      stacks: ["development", "staging"],
      cluster: { kubeconfig: "/a b/kubeconfig" },
      namespace: "n",
    });
    expect(steps.map(([command]) => command)).toEqual([
      "./liftlock preview staging --local",
      "./liftlock status --local",
      "kubectl --kubeconfig '/a b/kubeconfig' -n n get pods",
      "./liftlock outputs staging --local",
      "./liftlock history staging --local",
    ]);
  });
  test("leads along the promotion path", () => {
    const steps = nextSteps({ command: "l", flags: "", stack: "a", stacks: ["a", "b"] });
    expect(steps.map(([command]) => command)).toEqual(["l preview a", "l up b", "l outputs a", "l history a"]);
  });
  test("the only stack is not suggested again", () => {
    expect(nextSteps({ command: "l", flags: "", stack: "a", stacks: ["a"] }).some(([c]) => c.startsWith("l up"))).toBe(false);
  });
  test("repeats what says which world it is", () => {
    expect(repeatedFlags({ local: true, context: "my kind", stackDir: "examples/studysphere" })).toBe(
      " --local --context 'my kind' --stack-dir examples/studysphere",
    );
  });
  test.each([
    ["plain/path-1.2", "plain/path-1.2"],
    ["it's", "'it'\\''s'"],
    ["", "''"],
  ])("%j for a shell", (text, expected) => {
    expect(quoted(text)).toBe(expected);
  });
  test("the command as it is reached from here", () => {
    const root = path.join(import.meta.dirname, "../..");
    expect(commandName(root, undefined)).toBe("./liftlock");
    expect(commandName(`${root}/examples/studysphere`, undefined)).toBe("../../liftlock");
    expect(commandName("/", "liftlock")).toBe("liftlock");
    expect(commandName("/", undefined)).toBe(quoted(`.${path.join(root, "liftlock")}`));
  });
});

test("timings: the slowest first, the rest folded, components not at all", () => {
  const component = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s";
  const urns = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`urn:pulumi:s::p::kubernetes:core/v1:Service::s${n}`, n]));
  const seen = [...Object.keys(urns), component].map((urn) => ({
    urn,
    type: "kubernetes:core/v1:Service",
    op: "create" as const,
    new: { urn, type: "kubernetes:core/v1:Service", custom: urn !== component },
  }));
  expect(timingLines({ ...urns, [component]: 28 }, seen)).toEqual([
    "Service s7  7.0 s",
    "Service s6  6.0 s",
    "Service s5  5.0 s",
    "Service s4  4.0 s",
    "Service s3  3.0 s",
    "and 2 more steps, none longer than 2.0 s",
  ]);
  expect(timingLines({}, [])).toEqual([]);
});

test.each<[object, Record<string, string>, string[], boolean]>([
  [{ isTTY: true }, {}, [], true],
  [{ isTTY: true }, { NO_COLOR: "1" }, [], false],
  [{ isTTY: true }, {}, ["--no-color"], false],
  [{ isTTY: true }, { TERM: "dumb" }, [], false],
  [{}, {}, [], false],
  [{}, { CI: "true" }, [], false],
  [{}, { FORCE_COLOR: "1" }, [], true],
  [{ isTTY: true }, { FORCE_COLOR: "0" }, [], false],
])("colour on %j with %j %j: %j", (stream, env, args, expected) => {
  expect(wantsColor(stream, env, args)).toBe(expected);
});
