import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import * as atoms from "../../components/primitives.ts";
import { bytes, formatBytes, formatCpu, millicores } from "../../components/quantities.ts";

const digest = `sha256:${"a".repeat(64)}`;

/** Atom, what it takes, what it refuses. */
const table: [string, z.ZodType, unknown[], unknown[]][] = [
  ["ServiceName", atoms.ServiceName, ["api", "auth-service", "a1"], ["Api", "1api", "-api", "api-", "a".repeat(41), "a_b", ""]],
  ["KubernetesName", atoms.KubernetesName, ["shop-prod", "1"], ["Shop", "a.b", "-", "a".repeat(64)]],
  ["ConfigKey", atoms.ConfigKey, ["LOG_LEVEL", "_x", "a1"], ["LOG-LEVEL", "1A", "A B", "A=1", ""]],
  ["CpuQuantity", atoms.CpuQuantity, ["100m", "1", "0.5", "1000m"], ["1Gi", "-1", "1.2345", "m", "1 ", 1]],
  ["MemoryQuantity", atoms.MemoryQuantity, ["64Mi", "1Gi"], ["64", "64M", "64m", "1.5Gi", "Gi"]],
  ["StorageQuantity", atoms.StorageQuantity, ["64Mi", "10Gi"], ["64Ki", "10G", ""]],
  ["ContainerPort", atoms.ContainerPort, [1024, 65535], [0, 80, 1023, 65536, 8080.5, "8080"]],
  ["Port", atoms.Port, [1, 443], [0, 65536, "443"]],
  ["Percent", atoms.Percent, [0, 100], [-1, 101, 0.5, "10"]],
  [
    "Host",
    atoms.Host,
    ["a.example.com", "xn--bcher-kva.example"],
    ["example", "https://a.b", "a.b/c", "A.example.com", "-a.example.com", "a..b.com", "1.2.3.4"],
  ],
  ["UrlPath", atoms.UrlPath, ["/", "/health/live", "/a%20b"], ["health", "", "/a b", "/a?b=c"]],
  ["Cidr", atoms.Cidr, ["10.0.0.0/8", "0.0.0.0/0", "fd00::/8"], ["10.0.0.0", "10.0.0.0/33", "300.0.0.0/8", "any"]],
  [
    "ImageRepository",
    atoms.ImageRepository,
    ["ghcr.io/acme/api", "localhost:5000/api", "r.azurecr.io/a/b__c"],
    ["api", "ghcr.io/acme/api:1", `ghcr.io/acme/api@${digest}`, "ghcr.io/Acme/api", "https://ghcr.io/a"],
  ],
  [
    "ImageReference",
    atoms.ImageReference,
    ["ghcr.io/acme/api:1", `ghcr.io/acme/api@${digest}`, `ghcr.io/acme/api:1.0@${digest}`],
    ["ghcr.io/acme/api", "ghcr.io/acme/api@sha256:abc", `ghcr.io/acme/api@${digest.toUpperCase()}`, "ghcr.io/acme/api:"],
  ],
  ["PinnedImage", atoms.PinnedImage, [`ghcr.io/acme/api:1@${digest}`, `ghcr.io/acme/api@${digest}`], ["ghcr.io/acme/api:1"]],
  ["SemVer", atoms.SemVer, ["1.2.3", "0.0.1-rc.1", "1.0.0+build.5"], ["v1.2.3", "1.2", "01.2.3", "1.2.3-"]],
  ["GitCommit", atoms.GitCommit, ["0123456789abcdef0123456789abcdef01234567"], ["0123456", "g".repeat(40), "A".repeat(40)]],
  ["SchemaVersion", atoms.SchemaVersion, ["20260110093000_add_seats", "ae1027a6acf", "7"], ["", "a b", "../x", "-a"]],
  ["KubernetesMinor", atoms.KubernetesMinor, ["1.36", "1.9"], ["1.36.2", "v1.36", "2", 1.36]],
  ["Duration", atoms.Duration, ["30s", "10m", "72h", "7d"], ["30", "0s", "1.5h", "1h30m", "-1s"]],
  [
    "CronSchedule",
    atoms.CronSchedule,
    ["0 2 * * *", "*/5 * * * *", "0 4 * * MON-FRI", "0 0 1 JUL *", "0,30 8-18 * * 1-5"],
    ["0 2 * *", "0 0 2 * * *", "60 * * * *", "0 25 * * *", "0 0 L * *", "0 0 * * 5#2", "every day", ""],
  ],
  ["TimeZone", atoms.TimeZone, ["Europe/Vienna", "Etc/UTC", "UTC"], ["Europe/Wien", "+01:00", "", "Mars/Base"]],
];

describe.each(table)("%s", (_, atom, good, bad) => {
  test.each(good)("takes %j", (value) => expect(atom.safeParse(value).success).toBe(true));
  test.each(bad)("refuses %j", (value) => expect(atom.safeParse(value).success).toBe(false));
});

test("a message tells what a good value looks like, and never repeats the value", () => {
  for (const [name, atom, , bad] of table) {
    for (const value of bad) {
      const message = atom.safeParse(value).error?.issues[0]?.message ?? "";
      expect(message, `${name} of ${JSON.stringify(value)}`).toMatch(/^(must|Invalid input)/);
    }
  }
  expect(atoms.Host.safeParse("planted value").error?.message).not.toContain("planted");
});

test("durations in seconds", () => {
  expect(["30s", "10m", "72h", "7d"].map(atoms.seconds)).toEqual([30, 600, 259_200, 604_800]);
});

describe("quantities", () => {
  test("are read exactly", () => {
    expect(["100m", "1", "0.5", "1000m"].map(millicores)).toEqual([100, 1000, 500, 1000]);
    expect(["64Mi", "1Gi", "1024Mi"].map(bytes)).toEqual([2 ** 26, 2 ** 30, 2 ** 30]);
  });
  test("come back as they were, and in a form that the settings take", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (n) => {
        expect(millicores(formatCpu(n))).toBe(n);
        expect(atoms.CpuQuantity.safeParse(formatCpu(n)).success).toBe(true);
        expect(bytes(formatBytes(n * 1024))).toBe(n * 1024);
        expect(atoms.MemoryQuantity.safeParse(formatBytes(n * 1024)).success).toBe(true);
      }),
    );
  });
});
