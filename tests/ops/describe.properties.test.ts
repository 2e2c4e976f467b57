import fc from "fast-check";
import picocolors from "picocolors";
import { expect, test } from "vitest";
import type { Op, Step } from "../../ops/engine.ts";
import { describe } from "../../ops/report/describe.ts";
import { hasChanges } from "../../ops/report/headline.ts";
import { descriptionLines } from "../../ops/report/print.ts";

const PLANTED = "planted-Zx81q";
const colors = picocolors.createColors(false);

const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("spec", "name", "containers", "template", "env", "data", "a.b/c")), tie("value"), {
      maxKeys: 4,
    }),
  ),
})).value;
const inputs = fc.dictionary(fc.constantFrom("metadata", "spec", "data", "stringData", "immutable", "kind"), json, { maxKeys: 5 });

const KINDS = [
  "core/v1:ConfigMap",
  "core/v1:Secret",
  "apps/v1:Deployment",
  "batch/v1:CronJob",
  "autoscaling/v2:HorizontalPodAutoscaler",
  "core/v1:Service",
];
const OPS: Op[] = [
  "create",
  "update",
  "replace",
  "delete",
  "import",
  "same",
  "create-replacement",
  "delete-replaced",
  "discard",
  "refresh",
];

const step: fc.Arbitrary<Step> = fc
  .record({
    op: fc.constantFrom(...OPS),
    kind: fc.constantFrom(...KINDS),
    name: fc.string({ minLength: 1, maxLength: 8 }),
    old: inputs,
    next: inputs,
    paths: fc.array(fc.string(), { maxLength: 3 }),
  })
  .map(({ op, kind, name, old, next, paths }) => {
    const urn = `urn:pulumi:s::p::kubernetes:${kind}::${name}`;
    const state = (own: Record<string, unknown>) => ({ urn, type: `kubernetes:${kind}`, custom: true, inputs: own });
    return {
      op,
      urn,
      ...(op === "create" || op === "import" ? {} : { oldState: state(old) }),
      ...(op === "delete" || op === "discard" ? {} : { newState: state(next) }),
      detailedDiff: Object.fromEntries(paths.map((path) => [path, { kind: "update", inputDiff: false }])),
    };
  });

const summaryOf = (steps: readonly Step[]): Partial<Record<Op, number>> => {
  const summary: Partial<Record<Op, number>> = {};
  for (const { op } of steps) summary[op] = (summary[op] ?? 0) + 1;
  return summary;
};
const printed = (steps: Step[], diff: boolean): string => {
  const description = describe(steps, summaryOf(steps));
  return [description.headline, ...descriptionLines(description, colors, diff ? steps : undefined)].join("\n");
};

test("whatever changes, something is said", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
      const summary = summaryOf(steps);
      const description = describe(steps, summary);
      if (hasChanges(summary)) {
        expect(description.headline).not.toMatch(/no changes/);
        expect(description.lines.length + description.folded).toBeGreaterThan(0);
      } else expect(description.headline).toMatch(/^no changes/);
    }),
  );
});

test("even without a single step, a counted change is said", () => {
  expect(describe([], { update: 2 }).lines).toHaveLength(1);
});

/** Puts the planted value under every key of a Secret, as an engine that forgot to redact would. */
const planted = fc
  .tuple(step, fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }), fc.constantFrom("data", "stringData"))
  .map(([one, keys, field]): Step => {
    const urn = "urn:pulumi:s::p::kubernetes:core/v1:Secret::planted";
    const values = (suffix: string) => Object.fromEntries(keys.map((key) => [key, `${PLANTED}${suffix}`]));
    const state = (suffix: string) => ({
      urn,
      type: "kubernetes:core/v1:Secret",
      custom: true,
      inputs: { [field]: values(suffix) },
      outputs: { [field]: values(suffix) },
    });
    return {
      ...one,
      urn,
      ...(one.oldState ? { oldState: state("-old") } : {}),
      ...(one.newState ? { newState: state("-new") } : {}),
      detailedDiff: {
        ...one.detailedDiff,
        [field]: { kind: "update", inputDiff: false },
        [`${field}.${keys[0]}`]: { kind: "update", inputDiff: false },
      },
    };
  });

test("no value of a Secret is ever printed", () => {
  fc.assert(
    fc.property(planted, fc.array(step, { maxLength: 3 }), fc.boolean(), (secret, others, diff) => {
      expect(printed([secret, ...others], diff)).not.toContain(PLANTED);
    }),
  );
});

test.each(["DB_PASSWORD", "apiKey", "SESSION_TOKEN", "DATABASE_DSN", "client-secret", "AZURE_ACCESS_KEY"])(
  "a ConfigMap's %s is named, not shown",
  (key) => {
    const urn = "urn:pulumi:s::p::kubernetes:core/v1:ConfigMap::c";
    const state = (value: string) => ({
      urn,
      type: "kubernetes:core/v1:ConfigMap",
      custom: true,
      inputs: { metadata: { name: "c" }, data: { [key]: value, NESTED: JSON.stringify({ [key]: value }) } },
    });
    const steps: Step[] = [{ op: "update", urn, oldState: state(`${PLANTED}1`), newState: state(`${PLANTED}2`), detailedDiff: null }];
    expect(printed(steps, false)).toContain(`${key} changed`);
    expect(printed(steps, false) + printed(steps, true)).not.toContain(PLANTED);
  },
);

test("credentials inside an address are masked, and control characters never reach the terminal", () => {
  const urn = "urn:pulumi:s::p::kubernetes:core/v1:ConfigMap::c";
  const state = (value: string) => ({
    urn,
    type: "kubernetes:core/v1:ConfigMap",
    custom: true,
    inputs: { metadata: { name: "c" }, data: { URL: value } },
  });
  const steps: Step[] = [
    {
      op: "update",
      urn,
      oldState: state(`amqp://user:${PLANTED}@queue/a`),
      newState: state("\u001b[31m\u0007amqp://queue"),
      detailedDiff: null,
    },
  ];
  expect(printed(steps, true)).toContain("amqp://…@queue/a -> amqp://queue");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
  expect(printed(steps, true)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});
