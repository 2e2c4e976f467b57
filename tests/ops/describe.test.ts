import { expect, describe as suite, test } from "vitest";
import type { Op, Step, StepState } from "../../ops/engine.ts";
import { describe } from "../../ops/report/describe.ts";
import { recordedPreview } from "./support/reference.ts";

const said = (name: string, direction: "update" | "refresh" = "update"): string[] => {
  const { steps, changeSummary } = recordedPreview(name);
  const { headline, lines } = describe(steps, changeSummary, undefined, direction);
  return [headline, ...lines.map((line) => `${line.danger ? "DANGER " : ""}${line.mark} ${line.text}`)];
};

suite("recorded previews in words", () => {
  test.each<[string, string[]]>([
    [
      "step1",
      [
        "11 created",
        "+ ConfigMap kept, ConfigMap legacy, CronJob backup, Namespace conformance-dev",
        "+ api: ConfigMap, Deployment, Secret, Service",
      ],
    ],
    [
      "step2",
      [
        "1 replaced, 1 updated, 9 unchanged",
        "+- ConfigMap api-config-… replaced because GREETING changed (hello -> bonjour); rolls api",
        "~ api: image nginx 1.28 -> 1.29",
      ],
    ],
    ["step3", ["1 deleted, 1 updated, 9 unchanged", "- ConfigMap legacy deleted", "~ api: replicas 2 -> 3"]],
    ["step4", ["1 updated, 9 unchanged", "~ CronJob backup: schedule 0 2 * * * -> 0 3 * * *"]],
    ["step5-back", ["1 updated, 9 unchanged", "~ api: image nginx does-not-exist -> 1.29"]],
    [
      "config-2",
      [
        "3 replaced, 1 updated, 3 unchanged",
        "DANGER ! ConfigMap immutable-named replaced because v changed (1 -> 2); deleted first: missing until the new one is there",
        "DANGER ! Deployment user replaced; deleted first: downtime until the new one is ready",
        "+- ConfigMap immutable-auto-… replaced because v changed (1 -> 2); rolls user",
        "~ ConfigMap mutable: v changed (1 -> 2); user keeps the old values until restarted",
      ],
    ],
    ["import", ["1 updated, 1 adopted, 3 unchanged", "+ ConfigMap by-hand adopted: the existing object becomes part of the stack"]],
  ])("%s", (name, expected) => {
    expect(said(name)).toEqual(expected);
  });

  test("what a refresh finds is what somebody did, not what will be done", () => {
    expect(said("drift.refresh-preview", "refresh")).toEqual([
      "1 gone, 2 changed by hand, 7 as recorded",
      "DANGER - Service api is gone from the cluster",
      "~ CronJob backup: schedule 0 3 * * * -> 0 5 * * *",
      "~ api: replicas 3 -> 7",
    ]);
  });
});

type Inputs = Record<string, unknown>;
const base = "urn:pulumi:staging::ferry::";
const parent = `${base}ferry:app:Workload::api`;
function step(op: Op, type: string, name: string, old: Inputs | undefined, next: Inputs | undefined, more: Partial<Step> = {}): Step {
  const urn = `${base}ferry:app:Workload$kubernetes:${type}::${name}`;
  const state = (inputs: Inputs): StepState => ({ urn, type: `kubernetes:${type}`, custom: true, parent, inputs });
  return {
    op,
    urn,
    ...(old ? { oldState: state(old) } : {}),
    ...(next ? { newState: state(next) } : {}),
    detailedDiff: null,
    ...more,
  };
}
const texts = (...steps: Step[]): string[] => describe(steps, { [steps[0]!.op]: steps.length }).lines.map((line) => line.text);
const meta = (name: string, more: Inputs = {}) => ({ metadata: { name, namespace: "ferry-staging", ...more } });

const pod = (container: Inputs, more: Inputs = {}, labels: Inputs = {}) => ({
  ...meta("api"),
  spec: { template: { metadata: { labels }, spec: { containers: [{ name: "api", ...container }], ...more } } },
});
const hpa = (minReplicas: number, maxReplicas: number, averageUtilization: number) => ({
  ...meta("api"),
  spec: {
    minReplicas,
    maxReplicas,
    scaleTargetRef: { kind: "Deployment", name: "api" },
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization } } }],
  },
});
const only = (object: ReturnType<typeof pod>) => ({ ...object, spec: { ...object.spec, replicas: 1 } });
const digest = (c: string) => `sha256:${c.repeat(64)}`;

const flags = (definitions: object) => JSON.stringify({ flags: definitions });

suite("one difference, one sentence", () => {
  test.each<[string, Step, string[]]>([
    [
      "the autoscaler's bounds",
      step("update", "autoscaling/v2:HorizontalPodAutoscaler", "api", hpa(2, 5, 80), hpa(3, 10, 60)),
      ["api: replicas 2 -> 3 (HPA minimum)", "api: replicas 5 -> 10 (HPA maximum)", "api: HPA target cpu 80 -> 60 (% of the request)"],
    ],
    [
      "an image by digest, with the release it belongs to",
      step(
        "update",
        "apps/v1:Deployment",
        "api",
        pod({ image: `registry.example.com/ferry/api:1.4.1@${digest("a")}` }, {}, { "app.kubernetes.io/version": "1.4.1" }),
        pod({ image: `registry.example.com/ferry/api:1.4.2@${digest("b")}` }, {}, { "app.kubernetes.io/version": "1.4.2" }),
      ),
      ["api: image api 1.4.1 (aaaaaaaa) -> 1.4.2 (bbbbbbbb)"],
    ],
    [
      "a pod on a volume of its own, which stops first",
      step("update", "apps/v1:StatefulSet", "api", only(pod({ image: "a.example/x/api:1" })), only(pod({ image: "a.example/x/api:2" }))),
      ["api: its one pod is stopped before the new one starts: downtime until that is ready", "api: image api 1 -> 2"],
    ],
    [
      "an image from another repository",
      step("update", "apps/v1:Deployment", "api", pod({ image: "a.example/x/api:1" }), pod({ image: "b.example/x/api:1" })),
      ["api: image a.example/x/api 1 -> b.example/x/api 1"],
    ],
    [
      "requests and limits",
      step(
        "update",
        "apps/v1:Deployment",
        "api",
        pod({ resources: { requests: { cpu: "50m" }, limits: { memory: "256Mi" } } }),
        pod({ resources: { requests: { cpu: "100m" }, limits: { memory: "1Gi" } } }),
      ),
      ["api: cpu request 50m -> 100m", "api: memory limit 256Mi -> 1Gi"],
    ],
    [
      "environment variables, but not the value of one that sounds secret",
      step(
        "update",
        "apps/v1:Deployment",
        "api",
        pod({
          env: [
            { name: "A", value: "1" },
            { name: "API_TOKEN", value: "old-value" },
            { name: "GONE", value: "x" },
          ],
        }),
        pod({
          env: [
            { name: "NEW", value: "y" },
            { name: "A", value: "2" },
            { name: "API_TOKEN", value: "new-value" },
          ],
        }),
      ),
      [
        "api: environment A 1 -> 2",
        "api: environment API_TOKEN changed",
        "api: environment GONE removed",
        "api: environment NEW added (y)",
      ],
    ],
    [
      "a probe",
      step(
        "update",
        "apps/v1:Deployment",
        "api",
        pod({ readinessProbe: { httpGet: { path: "/a" } } }),
        pod({ readinessProbe: { httpGet: { path: "/b" } } }),
      ),
      ["api: readiness probe httpGet.path /a -> /b"],
    ],
    [
      "a second container",
      step("update", "apps/v1:Deployment", "api", pod({ image: "a:1" }), {
        ...pod({}),
        spec: {
          template: {
            metadata: { labels: {} },
            spec: {
              containers: [
                { name: "api", image: "a:1" },
                { name: "proxy", image: "p:1" },
              ],
            },
          },
        },
      }),
      ["api: container proxy added"],
    ],
    [
      "a CronJob's image, two steps deeper",
      step(
        "update",
        "batch/v1:CronJob",
        "backup",
        { ...meta("backup"), spec: { jobTemplate: { spec: pod({ image: "pg:17.5" }).spec } } },
        { ...meta("backup"), spec: { jobTemplate: { spec: pod({ image: "pg:17.6" }).spec } } },
      ),
      ["CronJob backup (api): image pg 17.5 -> 17.6"],
    ],
    [
      "feature flags",
      step(
        "update",
        "core/v1:ConfigMap",
        "flags",
        { ...meta("flags"), data: { "flags.json": flags({ seatMap: { defaultVariant: "on" }, beta: { defaultVariant: "off" } }) } },
        {
          ...meta("flags"),
          data: {
            "flags.json": flags({
              seatMap: {
                defaultVariant: "off",
                targeting: {
                  fractional: [
                    ["on", 25],
                    ["off", 75],
                  ],
                },
              },
            }),
          },
        },
      ),
      ["ConfigMap flags (api): flag seatMap on -> on for 25 % of users; flag beta removed (was off)"],
    ],
    [
      "a file of JSON",
      step(
        "update",
        "core/v1:ConfigMap",
        "release",
        { ...meta("release"), data: { "release.json": '{"version":"1.4.0","id":"a"}' } },
        { ...meta("release"), data: { "release.json": '{"version":"1.5.0","id":"b"}' } },
      ),
      ["ConfigMap release (api): release.json changed (version 1.4.0 -> 1.5.0, id a -> b)"],
    ],
    [
      "a Job, which runs again",
      step("replace", "batch/v1:Job", "smoke", pod({ image: "curl:1" }), pod({ image: "curl:2" })),
      ["Job api runs again because image curl 1 -> 2"],
    ],
    [
      "a quota that follows, on one line",
      step(
        "update",
        "core/v1:ResourceQuota",
        "quota",
        { ...meta("quota"), spec: { hard: { pods: "1", a: "1", b: "1", c: "1" } } },
        { ...meta("quota"), spec: { hard: { pods: "2", a: "2", b: "2", c: "2" } } },
      ),
      ["ResourceQuota quota (api): quota pods 1 -> 2; quota a 1 -> 2; quota b 1 -> 2; and 1 more"],
    ],
    [
      "hosts of a route",
      step(
        "update",
        "gateway.networking.k8s.io/v1:HTTPRoute",
        "web",
        { ...meta("web"), spec: { hostnames: ["a.example"] } },
        { ...meta("web"), spec: { hostnames: ["b.example"] } },
      ),
      ["HTTPRoute web (api): host a.example -> b.example"],
    ],
    [
      "a quota",
      step(
        "update",
        "core/v1:ResourceQuota",
        "quota",
        { ...meta("quota"), spec: { hard: { "requests.cpu": "1" } } },
        { ...meta("quota"), spec: { hard: { "requests.cpu": "2" } } },
      ),
      ["ResourceQuota quota (api): quota requests.cpu 1 -> 2"],
    ],
    [
      "a path that no rule knows",
      step(
        "update",
        "core/v1:Service",
        "api",
        { ...meta("api"), spec: { type: "ClusterIP" } },
        { ...meta("api"), spec: { type: "NodePort" } },
      ),
      ["Service api: spec.type ClusterIP -> NodePort"],
    ],
    [
      "a volume that goes, and its data",
      step("delete", "core/v1:PersistentVolumeClaim", "data", meta("data"), undefined),
      ["PersistentVolumeClaim data (api) deleted: its data is lost with it"],
    ],
  ])("%s", (_, one, expected) => {
    expect(texts(one)).toEqual(expected);
  });

  test("a Secret by the names of its values, and what it rolls", () => {
    const auto = (name: string) => meta(name, { annotations: { "pulumi.com/autonamed": "true" } });
    const secret = step(
      "replace",
      "core/v1:Secret",
      "api-secrets",
      { ...auto("api-secrets-11111111"), stringData: "[secret]" },
      { ...auto("api-secrets-22222222"), stringData: "[secret]" },
      {
        replaceReasons: ["stringData.DATABASE_URL"],
        detailedDiff: { "stringData.DATABASE_URL": { kind: "update-replace", inputDiff: false } },
      },
    );
    const volume = (secretName: string) => ({ volumes: [{ name: "secrets", secret: { secretName } }] });
    const workload = step(
      "update",
      "apps/v1:Deployment",
      "api",
      pod({}, volume("api-secrets-11111111")),
      pod({}, volume("api-secrets-22222222")),
    );
    expect(texts(secret, workload)).toEqual(["Secret api-secrets-… replaced because secret DATABASE_URL changed; rolls api"]);
  });

  test("mounted configuration that changes in place is read without a restart", () => {
    const flags = (v: string) => ({ ...meta("flags"), data: { a: v } });
    const user = pod({}, { volumes: [{ name: "flags", configMap: { name: "flags" } }] });
    const lines = describe(
      [step("update", "core/v1:ConfigMap", "flags", flags("1"), flags("2")), step("same", "apps/v1:Deployment", "api", user, user)],
      {
        update: 1,
        same: 1,
      },
    ).lines;
    expect(lines.map((l) => l.text)).toEqual(["ConfigMap flags (api): a changed (1 -> 2); api reads it without a restart"]);
  });

  test("labels and annotations are counted, not listed", () => {
    const label = (v: string) => ({ ...meta("api", { labels: { "app.kubernetes.io/version": v } }) });
    expect(describe([step("update", "core/v1:Service", "api", label("1"), label("2"))], { update: 1 })).toMatchObject({
      lines: [],
      folded: 1,
    });
  });

  test("what the environment asks for, before and after", () => {
    const requests = (cpu: string) => pod({ resources: { requests: { cpu, memory: "64Mi" } } });
    const scaler = (min: number) => step("update", "autoscaling/v2:HorizontalPodAutoscaler", "api", hpa(1, 3, 80), hpa(min, 4, 80));
    expect(
      describe([step("update", "apps/v1:Deployment", "api", requests("50m"), requests("100m")), scaler(2)], { update: 2 }).requests,
    ).toBe("requests cpu 50m (up to 150m) -> 200m (up to 400m), memory 64Mi (up to 192Mi) -> 128Mi (up to 256Mi)");
  });
});
