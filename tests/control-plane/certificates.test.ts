import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { ensurePki, pkiFiles, writeKubeconfigs } from "../../local/cluster/certificates.ts";
import { type Layout, makeLayout } from "../../local/cluster/layout.ts";
import { findWorld } from "../../local/world.ts";

let dir = "";
let layout: Layout;
beforeEach(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-pki-"));
  layout = makeLayout({ ...findWorld(dir), clusterDir: path.join(dir, "cluster") });
  expect(await ensurePki(layout)).toBe(true);
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(dir, { recursive: true });
});

test("every certificate is signed by the authority, whose key is nowhere", () => {
  const files = pkiFiles(layout);
  const ca = new X509Certificate(readFileSync(files.ca));
  expect(ca.ca).toBe(true);
  for (const { cert, key } of [files.server, files.etcdServer, files.etcdClient]) {
    const certificate = new X509Certificate(readFileSync(cert));
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(readFileSync(key, "utf8")).toContain("PRIVATE KEY");
  }
  expect(existsSync(path.join(layout.pki, "ca.key"))).toBe(false);
  const server = new X509Certificate(readFileSync(files.server.cert));
  expect(server.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(server.checkHost("kubernetes.default.svc")).toBe("kubernetes.default.svc");
  expect(server.checkHost("example.com")).toBeUndefined();
});

test("is made once, and again as a whole when it is damaged or nearly over", async () => {
  const files = pkiFiles(layout);
  const first = readFileSync(files.ca, "utf8");
  const serviceAccountKey = readFileSync(files.serviceAccountKey, "utf8");
  expect(await ensurePki(layout)).toBe(false);
  expect(readFileSync(files.ca, "utf8")).toBe(first);

  writeFileSync(files.etcdClient.cert, "damaged");
  expect(await ensurePki(layout)).toBe(true);
  const second = readFileSync(files.ca, "utf8");
  expect(second).not.toBe(first);

  vi.useFakeTimers({ now: Date.now() + 3640 * 86_400_000, toFake: ["Date"] });
  expect(await ensurePki(layout)).toBe(true);
  expect(readFileSync(files.ca, "utf8")).not.toBe(second);
  // Tokens that pods hold stay good.
  expect(readFileSync(files.serviceAccountKey, "utf8")).toBe(serviceAccountKey);
});

test("is made again when its parts are of two sets", async () => {
  const files = pkiFiles(layout);
  const certificate = readFileSync(files.server.cert);
  writeFileSync(files.etcdClient.cert, "damaged");
  await ensurePki(layout);
  writeFileSync(files.server.cert, certificate); // of the first set
  expect(await ensurePki(layout)).toBe(true);
  expect(await ensurePki(layout)).toBe(false);
});

test("each kubeconfig has a user of its own, and follows the server's address", () => {
  writeKubeconfigs(layout, "https://127.0.0.1:1");
  writeKubeconfigs(layout, "https://127.0.0.1:2");
  const subject = (file: string) => {
    const kubeconfig = parse(readFileSync(file, "utf8"));
    expect(kubeconfig.clusters[0].cluster.server).toBe("https://127.0.0.1:2");
    expect(kubeconfig["current-context"]).toBe("liftlock-local");
    return new X509Certificate(Buffer.from(kubeconfig.users[0].user["client-certificate-data"], "base64")).subject;
  };
  expect(subject(layout.kubeconfig)).toContain("CN=liftlock-admin");
  expect(subject(layout.componentKubeconfig("kube-scheduler"))).toBe("CN=system:kube-scheduler");
  expect(subject(layout.componentKubeconfig("kube-controller-manager"))).toBe("CN=system:kube-controller-manager");
});
