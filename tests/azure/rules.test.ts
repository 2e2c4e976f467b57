import { describe, expect, test } from "vitest";
import { ApplicationSettings } from "../../components/application.schema.ts";
import { parseSettings } from "../../components/parse.ts";
import { parsePlatform } from "../../components/platform/parse.ts";
import { readSiblings } from "../../components/siblings.ts";
import { keysOf } from "../../ops/gates/evidence.ts";
import { configurationOf } from "../../ops/promotion/configuration.ts";
import { studysphere, type Written, written } from "./support.ts";

function faultsOf(stack: string, change: (settings: Written) => void): string[] {
  const settings = written(stack);
  change(settings);
  const values = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`studysphere:${key}`, JSON.stringify(value)]));
  const siblings = readSiblings(studysphere, "studysphere", stack);
  const raw = { project: "studysphere", stack, values, secretKeys: [], siblings };
  const parsed = stack === "platform" ? parsePlatform(raw) : parseSettings(raw);
  return parsed.ok
    ? []
    : parsed.faults.map(({ path, message }) => `${path}: ${message}`).filter((line) => /azure|database|gateway/.test(line));
}

describe("Azure would refuse, and so do we before it is asked", () => {
  test("what is committed passes", () => {
    for (const stack of ["platform", "development", "testing", "production"]) expect(faultsOf(stack, () => {})).toEqual([]);
  });

  test.each<[string, (azure: Written, gateway: Written) => void, string]>([
    [
      "a name that Azure does not take",
      (azure) => (azure.registry.name = "study-sphere"),
      "platform.azure.registry.name: must be a registry's name",
    ],
    [
      "a name that Azure does not take for logs",
      (azure) => (azure.monitoring.name = "study_sphere"),
      "platform.azure.monitoring.name: must be a workspace's name",
    ],
    [
      "a name that leaves no room for what is named after it",
      (azure) => (azure.monitoring.name = "s".repeat(34)),
      "platform.azure.monitoring.name: must be a workspace's name",
    ],
    ["a cheap registry that is to be closed", (azure) => (azure.registry.sku = "Basic"), "platform.azure.registry.sku: must be Premium"],
    [
      "ranges for a private API server",
      (azure) => (azure.cluster.private = true),
      "platform.azure.cluster.authorizedRanges: are for a public",
    ],
    [
      "a pool upside down",
      (azure) => (azure.cluster.pools.apps = { min: 9, max: 2 }),
      "platform.azure.cluster.pools.apps.max: must be at least min",
    ],
    ["a pool's name", (azure) => (azure.cluster.pools["apps-1"] = {}), "must be a node pool's name"],
    ["a zone that there is not", (azure) => (azure.cluster.zones = ["4"]), 'platform.azure.cluster.zones[0]: must be "1", "2" or "3"'],
    ["a subnet outside", (azure) => (azure.network.nodes = "10.99.0.0/20"), "platform.azure.network.nodes: must be part of network.range"],
    [
      "subnets that overlap",
      (azure) => (azure.database.subnet = "10.40.128.0/24"),
      "platform.azure.database.subnet: overlaps network.nodes",
    ],
    [
      "the pods' own range",
      (azure) => (azure.network = { range: "192.168.0.0/16", nodes: "192.168.0.0/20", endpoints: "192.168.16.0/24" }),
      "platform.azure.network.range: overlaps",
    ],
    [
      "a budget that starts in the middle of a month",
      (azure) => (azure.budget.start = "2026-12-15"),
      "platform.azure.budget.start: must be the first day",
    ],
    [
      "a budget of more notices than Azure takes, with the one of what is foreseen",
      (azure) => (azure.budget.thresholds = [20, 40, 60, 80, 100]),
      "platform.azure.budget.thresholds: must be at most 4",
    ],
    ["a setting that there is not", (azure) => (azure.cluster.zone = "1"), "platform.azure.cluster.zone: is not a known setting"],
    ["a Gateway of no class", (_, gateway) => (gateway.gateways.public.class = "nope"), 'gateways.public.class: "nope" is not among'],
    [
      "two listeners of one port, for the same hosts",
      (_, gateway) => (gateway.gateways.public.listeners.more = { port: 80 }),
      "gateways.public.listeners.more.port: is that of http, for the same hosts",
    ],
    [
      "TLS and none on one port",
      (_, gateway) => (gateway.gateways.public.listeners.more = { port: 443, hostname: "x.example.com" }),
      "listeners.more.port: is that of https, which is for TLS",
    ],
    [
      "a Gateway that listens nowhere",
      (_, gateway) => (gateway.gateways.public.listeners = {}),
      "gateways.public.listeners: must name one",
    ],
    ["a host that is none", (_, gateway) => (gateway.gateways.public.listeners.http.hostname = "*"), "http.hostname: must be a host name"],
    [
      "parameters that only Envoy Gateway reads",
      (_, gateway) => (gateway.classes.envoy = { controller: "istio.io/gateway-controller", replicas: 3 }),
      "classes.envoy.controller: is not Envoy Gateway",
    ],
    ["a second cluster", (_, gateway) => (gateway.cluster = { identifier: "x" }), "platform.gateway.cluster: is not used"],
  ])("platform: %s", (_, change, expected) => {
    expect(faultsOf("platform", ({ platform }) => change(platform.azure, platform.gateway)).join("\n")).toContain(expected);
  });

  test.each<[string, (azure: Written, environment: Written, application: Written) => void, string]>([
    ["six days", (azure) => (azure.database.retentionDays = 6), "environment.azure.database"],
    ["thirty-six days", (azure) => (azure.database.retentionDays = 36), "environment.azure.database"],
    [
      "a burstable server with a standby",
      (azure) => (azure.database.sku = "Standard_B2ms"),
      "is not possible with Standard_B2ms: a burstable server has no standby",
    ],
    [
      "real data without a standby",
      (azure) => (azure.database.availability = "none"),
      "environment.azure.database.availability: must not be none",
    ],
    ["nobody who could log in", (azure) => (azure.database.administrators = []), "environment.azure.database.administrators: names nobody"],
    ["an undeclared password", (azure) => (azure.database.password = { login: "boss", secret: "NOPE" }), '"NOPE" is not declared here'],
    [
      "a subnet too small",
      (_, environment) => (environment.database.cidrs = ["10.40.2.0/29"]),
      "environment.database.cidrs[0]: is too small",
    ],
    ["a set that is none", (azure) => (azure.vault.sets = ["nope"]), 'environment.azure.vault.sets[0]: "nope" is no set'],
    ["a set twice", (azure) => (azure.vault.sets = ["azure-secrets", "azure-secrets"]), "azure.vault.sets[1]: "],
    ["a set that nobody reads", (azure) => (azure.vault.sets = ["gateway-users"]), "holds nothing in production"],
    ["a revision of nothing", (azure) => (azure.vault = { name: "x-vault", revision: "1" }), "azure.vault.revision: starts nothing anew"],
    [
      "two keys that are one name in a vault",
      (azure, _, application) => {
        azure.vault.sets = ["azure-secrets"];
        application.secrets["azure-secrets"].keys.Jwt_Secret = {};
      },
      "azure.vault.sets: hold JWT_SECRET and Jwt_Secret",
    ],
    [
      "more readers than Azure takes",
      (azure, _, application) => {
        azure.vault.sets = ["azure-secrets"];
        const api = application.services.find(({ name }: Written) => name === "api");
        for (let index = 0; index < 20; index++) application.services.push({ ...api, name: `api-${index}`, route: undefined });
      },
      "and Azure lets an identity have 20",
    ],
    [
      "a password that only people know",
      (azure, _, application) => {
        application.secrets.administrator = { keys: { ADMIN_PASSWORD: {} } };
        azure.vault = { name: "studysphere-prod", sets: ["administrator"] };
        azure.database.password = { login: "boss", secret: "ADMIN_PASSWORD" };
      },
      'environment.azure.database.password.secret: "ADMIN_PASSWORD" comes from the vault',
    ],
    [
      "a server beside a shared database",
      (azure) => (azure.database = { shared: "x" }),
      "environment.azure.database: is on a shared server",
    ],
    [
      "a context beside the platform's cluster",
      (_, environment) => (environment.cluster.context = "x"),
      "environment.cluster.context: is not used",
    ],
  ])("environment: %s", (_, change, expected) => {
    const change1 = (settings: Written) => change(settings.environment.azure, settings.environment, settings.application);
    const settings = written("production");
    change1(settings);
    const values = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`studysphere:${key}`, JSON.stringify(value)]));
    const parsed = parseSettings({ project: "studysphere", stack: "production", values, secretKeys: [] });
    expect(parsed.ok ? "" : parsed.faults.map(({ path, message }) => `${path}: ${message}`).join("\n")).toContain(expected);
  });
});

test("Gateways without a cluster in Azure: one must be named, and an internal address said in the cluster's own words", () => {
  const settings = (change: (gateway: Written) => void) =>
    faultsOf("platform", ({ platform }) => {
      delete platform.azure;
      change(platform.gateway);
    });
  expect(settings(() => {}).join()).toContain("platform.gateway.cluster: is missing");
  expect(settings((gateway) => (gateway.cluster = { identifier: "own" }))).toEqual([]);
  const internal = settings((gateway) =>
    Object.assign(gateway, { cluster: { identifier: "own" }, classes: { envoy: { internal: true } } }),
  );
  expect(internal.join()).toContain("gateway.classes.envoy.internal: is Azure's word");
});

test("the gate of complete configuration misses nothing that people keep in the vault, and everything that the stack must hold", () => {
  const settings = written("production");
  const application = ApplicationSettings.parse(settings.application);
  const configuration = (vault: object) => {
    const environment = { ...settings.environment, azure: { ...settings.environment.azure, vault } };
    return configurationOf({ "studysphere:environment": JSON.stringify(environment) });
  };
  const missing = (vault: object) => {
    const { declared, set } = keysOf(application, configuration(vault), "studysphere", "production");
    return declared.filter((key) => !set.includes(key));
  };
  const vault = { name: "studysphere-prod", sets: ["azure-secrets"] };
  expect(missing(vault)).toEqual([]);
  expect(missing({ ...vault, values: "stack" })).toEqual(["DATABASE_URL", "JWT_SECRET"]);
  expect(missing({ name: "studysphere-prod" })).toEqual(["DATABASE_URL", "JWT_SECRET"]);
});
