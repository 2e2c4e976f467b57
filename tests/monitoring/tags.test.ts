import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Settings } from "../../components/model.ts";
import { tagsOf } from "../../components/monitoring/tags.ts";
import { parse } from "../settings/support.ts";
import { declared, watched } from "./environments.ts";

/** Stands in for Sentry: keeps the events of the envelopes that it is sent. https://develop.sentry.dev/sdk/data-model/envelopes/ */
let receiver: Server;
const events: Record<string, unknown>[] = [];
beforeAll(async () => {
  receiver = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const lines = Buffer.concat(parts).toString().split("\n");
      lines.forEach((line, index) => {
        if (line.includes('"type":"event"')) events.push(JSON.parse(lines[index + 1]!));
      });
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
});
afterAll(() => receiver?.close());

/** What Kubernetes makes of the variables: a name in `$( )` stands for one before it. */
function expanded(tags: { name: string; value: string }[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { name, value } of tags) env[name] = value.replace(/\$\((\w+)\)/g, (text, key: string) => env[key] ?? text);
  return env;
}

const program = `
import * as Sentry from "@sentry/node";
Sentry.init({ defaultIntegrations: false });
Sentry.captureException(new Error("planted"));
await Sentry.flush(10_000);
`;

test("an error that a service throws arrives with its environment and release, by the SDK's own means", async () => {
  const settings = watched(undefined);
  const { port } = receiver.address() as AddressInfo;
  const env = { ...expanded(tagsOf({ name: "api" }, settings)), SENTRY_DSN: `http://key@127.0.0.1:${port}/1` };
  await execa(process.execPath, ["--input-type=module", "--eval", program], { env, cwd: import.meta.dirname });
  expect(events).toEqual([
    expect.objectContaining({
      environment: "prod",
      release: "shop@1.2.3",
      exception: { values: [expect.objectContaining({ value: "planted" })] },
    }),
  ]);
}, 60_000);

describe("what a service is told", () => {
  const settings = watched(undefined);
  test("names the environment, the release, the service and the commit", () => {
    const env = expanded(tagsOf({ name: "api" }, settings));
    expect(env).toEqual({
      SENTRY_ENVIRONMENT: "prod",
      SENTRY_RELEASE: "shop@1.2.3",
      OTEL_SERVICE_NAME: "api",
      OTEL_RESOURCE_ATTRIBUTES:
        "deployment.environment.name=prod,service.namespace=shop,service.version=1.2.3,vcs.ref.head.revision=0123456789abcdef0123456789abcdef01234567",
    });
  });
  test("is written so that every reader of resource attributes can take it apart", () => {
    const release = { ...settings.release, version: "1.2.3-rc.1+build.5" };
    const { OTEL_RESOURCE_ATTRIBUTES } = expanded(tagsOf({ name: "api" }, { ...settings, release }));
    const attributes = new Map(OTEL_RESOURCE_ATTRIBUTES!.split(",").map((pair) => pair.split("=") as [string, string]));
    expect(decodeURIComponent(attributes.get("service.version")!)).toBe("1.2.3-rc.1+build.5");
  });
  test("is nothing where the application declares no monitoring", () => {
    const parsed = parse() as { settings: Settings };
    expect(tagsOf({ name: "api" }, parsed.settings)).toEqual([]);
    expect(declared).not.toEqual({});
  });
});
