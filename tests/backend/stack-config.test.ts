import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Crypter, passphraseCrypter } from "../../local/engine/backend/index.ts";
import { configEnvironment, loadProject, loadStackConfig, type Project, stackSalt, undecryptableKeys } from "../../local/engine/project.ts";
import type { StackConfig } from "../../local/engine/state.ts";
import { UserError } from "../../ops/user-error.ts";
import { REFERENCE, refusal, temporaryDir } from "./support.ts";

async function project(stackFile: string, projectConfig = ""): Promise<Project> {
  const dir = temporaryDir();
  writeFileSync(path.join(dir, "Pulumi.yaml"), `name: shop\nruntime: nodejs\n${projectConfig}`);
  writeFileSync(path.join(dir, "Pulumi.dev.yaml"), stackFile);
  return loadProject(dir);
}
const load = async (stackFile: string, projectConfig = "", crypter?: Crypter, overlay?: StackConfig) =>
  loadStackConfig(await project(stackFile, projectConfig), "dev", crypter, overlay);
const texts = (config: StackConfig): Record<string, string> =>
  Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key, value]));

let crypter: Crypter;
beforeAll(async () => {
  crypter = await passphraseCrypter(undefined, "test");
});

describe("a stack's configuration", () => {
  it("is what the Pulumi CLI gave the recorded program", async () => {
    const recorded = await loadProject(path.join(REFERENCE, "conformance"));
    const opened = await loadStackConfig(recorded, "dev", await passphraseCrypter(stackSalt(recorded, "dev"), "conformance"));
    const { PULUMI_CONFIG, PULUMI_CONFIG_SECRET_KEYS } = configEnvironment(opened);
    expect(JSON.parse(PULUMI_CONFIG)).toEqual({
      "conformance:application": '{"port":8080}',
      "conformance:greeting": "bonjour", // the stack's own wins over the project's default
      "conformance:step": "7",
      "conformance:token": "s3cr3t-t0ken",
    });
    expect(JSON.parse(PULUMI_CONFIG_SECRET_KEYS)).toEqual(["conformance:token"]);
    expect(
      (await loadStackConfig(recorded, "prod", await passphraseCrypter(stackSalt(recorded, "prod"), "conformance")))[
        "conformance:greeting"
      ]!.value,
    ).toBe("hello");
  });

  it("turns every kind of value into the text that Pulumi makes of it", async () => {
    const config = await load(`config:
  text: plain
  shop:number: 7
  other:flag: true
  shop:config:old: form
  fraction: 1.50
  big: 12345678901234567890
  huge: 123456789012345678901234567890
  nothing:
  quoted: "0755"
  list: [b, 1, 2.5, false, null]
  object: { b: 1, a: { "<&>": 18446744073709551615 }, "10": x, "9": y }
`);
    expect(texts(config)).toEqual({
      "shop:text": "plain",
      "shop:number": "7",
      "other:flag": "true",
      "shop:old": "form",
      "shop:fraction": "1.5",
      "shop:big": "12345678901234567890",
      "shop:huge": "1.2345678901234568e+29",
      "shop:nothing": "null",
      "shop:quoted": "0755",
      "shop:list": '["b",1,2.5,false,null]',
      "shop:object": '{"10":"x","9":"y","a":{"\\u003c\\u0026\\u003e":18446744073709551615},"b":1}',
    });
    expect(Object.keys(config).filter((key) => config[key]!.object)).toEqual(["shop:list", "shop:nothing", "shop:object"]);
    expect(Object.keys(config)).toEqual(Object.keys(config).sort());
  });

  it("opens secrets, inside structures too", async () => {
    const secure = (text: string) => `{ secure: "${crypter.encrypt(text)}" }`;
    const file = `encryptionsalt: ${crypter.salt}\nconfig:\n  password: ${secure("pässword")}\n  nested: { list: [${secure("deep")}], open: 1 }\n  clear: x\n`;
    const opened = await load(file, "", crypter);
    expect(texts(opened)).toEqual({ "shop:password": "pässword", "shop:nested": '{"list":["deep"],"open":1}', "shop:clear": "x" });
    expect(JSON.parse(configEnvironment(opened).PULUMI_CONFIG_SECRET_KEYS)).toEqual(["shop:nested", "shop:password"]);
    expect(undecryptableKeys(opened)).toEqual([]);

    const closed = await load(file);
    expect(texts(closed)).toEqual({ "shop:password": "[secret]", "shop:nested": '{"list":["[secret]"],"open":1}', "shop:clear": "x" });
    expect(undecryptableKeys(closed)).toEqual(["shop:nested", "shop:password"]);
    expect(closed["shop:password"]).toEqual({ value: "[secret]", secret: true, undecryptable: true });
  });

  it("names the secret that cannot be opened, and not its value", async () => {
    const other = await passphraseCrypter(undefined, "other");
    const error = await refusal(load(`config:\n  password:\n    secure: ${other.encrypt("planted-5a")}\n`, "", crypter));
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(/Pulumi\.dev\.yaml:2:3: the secret "password" cannot be opened/);
    expect(error.message).not.toContain("planted-5a");
  });

  it("lets an overlay win, which may also supply what is declared and missing", async () => {
    const overlay: StackConfig = { "shop:password": { value: "generated", secret: true }, "shop:a": { value: "2", secret: false } };
    const config = await load("config:\n  a: 1\n", "config:\n  password: { type: string, secret: true }\n", undefined, overlay);
    expect(config).toEqual({ "shop:a": overlay["shop:a"], "shop:password": overlay["shop:password"] });
  });

  it("says everything that contradicts the project's declarations at once", async () => {
    const declared = `config:
  missing: { type: string }
  count: { type: integer }
  flag: { type: boolean }
  tags: { type: array, items: { type: string } }
  password: { type: string, secret: true }
  fine: { type: object, default: { a: 1 } }
`;
    const { message } = await refusal(load("config:\n  count: 1.5\n  flag: 'yes'\n  tags: [a, 1]\n  password: planted-11\n", declared));
    expect(message.split("\n").map((l) => l.trim().replace(/\(.*Pulumi/, "(Pulumi"))).toEqual([
      "The configuration of stack dev does not fit:",
      "missing is missing (Pulumi.yaml:4:3 declares it)",
      'count must be of type "integer" (Pulumi.yaml:5:3)',
      'flag must be of type "boolean" (Pulumi.yaml:6:3)',
      'tags must be of type "array<string>" (Pulumi.yaml:7:3)',
      "password is a secret (Pulumi.yaml:8:3) and stands in clear: store it with `pulumi config set --secret password`",
      expect.stringMatching(/^Set it in .*Pulumi\.dev\.yaml\.$/),
    ]);
    expect(message).not.toContain("planted-11");
    expect(
      Object.keys(await load("config:\n  count: '3'\n  flag: true\n  tags: []\n", declared.replace(/ {2}(missing|password).*\n/g, ""))),
    ).toHaveLength(4);
  });

  it.each([
    ["a key twice in two spellings", "config:\n  a: 1\n  shop:a: 2\n", /Pulumi\.dev\.yaml:3:3: "shop:a" sets shop:a a second time/],
    ["a key that is none", "config:\n  a:b:c: 1\n", /Pulumi\.dev\.yaml:2:3: "a:b:c" is no configuration key/],
    ["syntax", "config:\n  a: {\n", /Pulumi\.dev\.yaml:\d+:\d+: /],
    ["environments of Pulumi ESC", "environment: [shared]\n", /Pulumi\.dev\.yaml:1:1: the stack imports Pulumi ESC environments/],
    ["a list", "config: [a]\n", /"config" must hold keys and values/],
  ])("is refused with its line: %s", async (_name, file, problem) => {
    const error = await refusal(load(file));
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(problem);
  });

  it("may be empty", async () => {
    expect(await load("")).toEqual({});
    expect(await load("encryptionsalt: v1:x\n")).toEqual({});
  });

  it("never writes the stack's file", async () => {
    const made = await project("config:\n  a: 1\n");
    await loadStackConfig(made, "dev");
    expect(stackSalt(made, "dev")).toBeUndefined();
  });
});
