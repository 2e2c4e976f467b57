import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { imageExists, openRegistry, parseImage } from "../../ops/release/registry.ts";
import { UserError } from "../../ops/user-error.ts";
import { folder } from "../ledger/support.ts";
import { digestOf, type PeerOptions, registry } from "./registry-server.ts";

const index = JSON.stringify({ schemaVersion: 2, manifests: [], note: "é" }, null, 3);
const manifests = { "ferry/web:1.6.0": index };
const nobody = () => ({ HOME: folder(), PATH: process.env.PATH! });

/** A home whose Docker configuration is this. */
function home(config: unknown): Record<string, string> {
  const dir = folder();
  writeFileSync(path.join(dir, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
  return { DOCKER_CONFIG: dir, HOME: "/nowhere", PATH: `${dir}:${process.env.PATH}` };
}
const login = (host: string, user: string) => home({ auths: { [host]: { auth: Buffer.from(user).toString("base64") } } });

async function peer(options: Partial<PeerOptions> = {}, env?: (host: string) => Record<string, string>) {
  const { host, asked } = await registry({ manifests, ...options });
  return { host, asked, image: `${host}/ferry/web:1.6.0`, registry: openRegistry({ env: env?.(host) ?? nobody() }) };
}

describe("a tag's digest", () => {
  test("is that of its content, from a registry that is open to everybody", async () => {
    const { image, registry, asked } = await peer();
    expect(await registry.digestOf(image)).toBe(digestOf(index));
    expect(asked).toEqual(["GET /v2/ferry/web/manifests/1.6.0 -"]);
  });
  test("with a token for nobody in particular, where the registry wants one", async () => {
    const { image, registry, asked } = await peer({ auth: "token" });
    expect(await registry.digestOf(image)).toBe(digestOf(index));
    expect(asked).toEqual(["GET /v2/ferry/web/manifests/1.6.0 -", "GET /token -", "GET /v2/ferry/web/manifests/1.6.0 Bearer"]);
  });
  test("with a token for the user of docker login", async () => {
    const { image, registry, asked } = await peer({ auth: "token", user: "ada:pass:word" }, (host) => login(host, "ada:pass:word"));
    expect(await registry.digestOf(image)).toBe(digestOf(index));
    expect(asked[1]).toBe("GET /token Basic");
  });
  test("with name and password where the registry takes these", async () => {
    const { image, registry } = await peer({ auth: "basic", user: "ada:secret" }, (host) => login(`https://${host}/v2/`, "ada:secret"));
    expect(await registry.digestOf(image)).toBe(digestOf(index));
  });
  test("with what a credential helper keeps", async () => {
    const { image, registry } = await peer({ auth: "basic", user: "ada:secret" }, (host) => {
      const env = home({ credHelpers: { [host]: "test" } });
      const helper = path.join(env.DOCKER_CONFIG!, "docker-credential-test");
      writeFileSync(
        helper,
        `#!/bin/sh\n[ "$1" = get ] && [ "$(cat)" = "${host}" ] && echo '{"ServerURL":"x","Username":"ada","Secret":"secret"}'\n`,
      );
      chmodSync(helper, 0o755);
      return env;
    });
    expect(await registry.digestOf(image)).toBe(digestOf(index));
  });
  test("with an identity token as Azure's registry gives it", async () => {
    const user = "00000000-0000-0000-0000-000000000000:refresh";
    const auth = Buffer.from("00000000-0000-0000-0000-000000000000:").toString("base64");
    const { image, registry } = await peer({ auth: "token", user }, (host) =>
      home({ auths: { [host]: { auth, identitytoken: "refresh" } } }),
    );
    expect(await registry.digestOf(image)).toBe(digestOf(index));
  });
});

describe("whether an image is still there", () => {
  test("is asked by its digest", async () => {
    const { host, registry, asked } = await peer();
    expect(await imageExists(`${host}/ferry/web:1.6.0@${digestOf(index)}`, registry)).toBe(true);
    expect(await imageExists(`${host}/ferry/web@${digestOf("gone")}`, registry)).toBe(false);
    expect(await imageExists(`${host}/ferry/web:9.9.9`, registry)).toBe(false);
    expect(asked[0]).toContain(digestOf(index));
  });
  test("other content under its digest is never taken for it", async () => {
    const { host, registry } = await peer({ swapped: "{}" });
    await expect(registry.digestOf(`${host}/ferry/web@${digestOf(index)}`)).rejects.toThrow(/answers with other content/);
  });
});

describe("what goes wrong is said without a secret", () => {
  const failure = async ({ image, registry }: { image: string; registry: ReturnType<typeof openRegistry> }) => {
    const error = await registry.digestOf(image).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    return String(error);
  };
  test("nobody is logged in", async () => {
    expect(await failure(await peer({ auth: "basic", user: "ada:secret" }))).toMatch(/not show .*not logged in.*docker login 127/);
  });
  test("the user may not pull", async () => {
    const text = await failure(await peer({ auth: "token", user: "ada:right" }, (host) => login(host, "ada:wrong-horse-battery")));
    expect(text).toMatch(/to the user that docker login keeps/);
    expect(text).not.toContain("wrong-horse");
  });
  test("the registry sends people elsewhere to log in: credentials stay here", async () => {
    const thief = await registry({ manifests: {} });
    const realm = `http://localhost:${thief.host.split(":")[1]}/token`;
    const text = await failure(await peer({ auth: "token", realm }, (host) => login(host, "ada:secret")));
    expect(text).toMatch(/to another host to log in/);
    expect(thief.asked).toEqual([]);
  });
  test("nothing listens there", async () => {
    expect(await failure({ image: "127.0.0.1:9/ferry/web:1.6.0", registry: openRegistry({ env: nobody() }) })).toMatch(
      /cannot be reached.*ECONNREFUSED/,
    );
  });
  test("the Docker configuration is none", async () => {
    expect(await failure(await peer({}, () => home("{")))).toMatch(/config\.json is no Docker configuration/);
  });
});

describe("the local world", () => {
  test("makes up a digest from the text, the same each time, and finds every image", async () => {
    const world = openRegistry({ local: true });
    const digest = await world.digestOf("registry.example.com/ferry/web:1.6.0");
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await world.digestOf("registry.example.com/ferry/web:1.6.0")).toBe(digest);
    expect(await world.digestOf("registry.example.com/ferry/web:1.6.1")).not.toBe(digest);
    expect(await world.digestOf(`registry.example.com/ferry/web:1@${digestOf("own")}`)).toBe(digestOf("own"));
  });
});

test.each([
  ["ghcr.io/acme/api:1.4.0", { registry: "ghcr.io", repository: "acme/api", tag: "1.4.0", digest: undefined }],
  ["localhost:5000/api", { registry: "localhost:5000", repository: "api", tag: undefined, digest: undefined }],
  [`r:5/a/b:1@${digestOf("x")}`, { registry: "r:5", repository: "a/b", tag: "1", digest: digestOf("x") }],
])("%s is taken apart", (image, parts) => expect(parseImage(image)).toEqual(parts));
