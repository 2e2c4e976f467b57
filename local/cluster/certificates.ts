import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import type { Layout } from "./layout.ts";
import type { Usage } from "./signing.ts";

const renewBeforeDays = 30;

/** Common name and organisations are user and groups to Kubernetes; the names of the controllers' users are its own (RBAC default roles). */
const clients = {
  admin: { user: "liftlock-admin", group: "system:masters" },
  "kube-controller-manager": { user: "system:kube-controller-manager" },
  "kube-scheduler": { user: "system:kube-scheduler" },
  kwok: { user: "kwok-controller", group: "system:masters" },
} as const;

export interface PkiFiles {
  ca: string;
  server: KeyPairFiles;
  etcdServer: KeyPairFiles;
  etcdClient: KeyPairFiles;
  serviceAccountKey: string;
}

interface KeyPairFiles {
  cert: string;
  key: string;
}

export function pkiFiles(layout: Layout): PkiFiles {
  const pair = (name: string) => ({ cert: path.join(layout.pki, `${name}.crt`), key: path.join(layout.pki, `${name}.key`) });
  return {
    ca: path.join(layout.pki, "ca.crt"),
    server: pair("apiserver"),
    etcdServer: pair("etcd"),
    etcdClient: pair("etcd-client"),
    serviceAccountKey: path.join(layout.pki, "service-account.key"),
  };
}

/**
 * Certificates and keys of this control plane, made once. All are signed by an authority whose own key is thrown away at once, so nobody can add to
 * them; near their end (or when one is damaged) the whole set is made anew.
 * @returns true when they are new, so that what runs with older ones must be started again
 */
export async function ensurePki(layout: Layout): Promise<boolean> {
  if (isWhole(layout)) return false;
  // Late: what signs takes longer to load than asking whether the control plane runs.
  const { makeAuthority, makeCertificate } = await import("./signing.ts");
  const files = pkiFiles(layout);
  const authority = await makeAuthority();
  const now = Date.now();
  const issue = (subject: string, usages: readonly Usage[]) => makeCertificate(authority, subject, usages, now);
  const write = (file: string, content: string) => writeFileSync(file, content, { mode: 0o600 });

  for (const [target, subject, usages] of [
    [files.server, "CN=kube-apiserver", ["serverAuth"]],
    [files.etcdServer, "CN=etcd", ["serverAuth", "clientAuth"]],
    [files.etcdClient, "CN=kube-apiserver-etcd-client", ["clientAuth"]],
  ] as const) {
    const made = await issue(subject, usages);
    write(target.cert, made.cert);
    write(target.key, made.key);
  }
  for (const [name, { user, ...rest }] of Object.entries(clients)) {
    const group = "group" in rest ? `, O=${rest.group}` : "";
    const made = await issue(`CN=${user}${group}`, ["clientAuth"]);
    write(clientFile(layout, name), JSON.stringify(made));
  }
  if (!existsSync(files.serviceAccountKey)) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    write(files.serviceAccountKey, privateKey.export({ type: "sec1", format: "pem" }).toString());
  }
  write(files.ca, authority.certificate.toString("pem")); // last: its presence says that the set is whole
  return true;
}

/** Writes the kubeconfig of the administrator and of each controller, for the API server at this address. */
export function writeKubeconfigs(layout: Layout, server: string): void {
  const ca = readFileSync(pkiFiles(layout).ca);
  const targets = {
    admin: layout.kubeconfig,
    "kube-controller-manager": layout.componentKubeconfig("kube-controller-manager"),
    "kube-scheduler": layout.componentKubeconfig("kube-scheduler"),
    kwok: layout.componentKubeconfig("kwok"),
  };
  for (const [name, file] of Object.entries(targets)) {
    const { cert, key } = readClient(layout, name);
    const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");
    const kubeconfig = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "liftlock-local", cluster: { server, "certificate-authority-data": base64(ca) } }],
      users: [{ name: "liftlock-local", user: { "client-certificate-data": base64(cert), "client-key-data": base64(key) } }],
      contexts: [{ name: "liftlock-local", context: { cluster: "liftlock-local", user: "liftlock-local" } }],
      "current-context": "liftlock-local",
    };
    const text = stringify(kubeconfig);
    if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
    writeFileSync(file, text, { mode: 0o600 });
  }
}

/** The administrator's certificate, its key and the authority's certificate, PEM. */
export function adminCredentials(layout: Layout): { ca: string; cert: string; key: string } {
  return { ca: readFileSync(pkiFiles(layout).ca, "utf8"), ...readClient(layout, "admin") };
}

function clientFile(layout: Layout, name: string): string {
  return path.join(layout.pki, `client-${name}.json`);
}

function readClient(layout: Layout, name: string): { cert: string; key: string } {
  return JSON.parse(readFileSync(clientFile(layout, name), "utf8")) as { cert: string; key: string };
}

/** Every file is there, was signed by this authority, fits its key, and lasts a while. */
function isWhole(layout: Layout): boolean {
  try {
    const files = pkiFiles(layout);
    const ca = new X509Certificate(readFileSync(files.ca));
    const pairs = [
      ...[files.server, files.etcdServer, files.etcdClient].map((pair) => readFileSync(pair.key) && readFileSync(pair.cert, "utf8")),
      ...Object.keys(clients).map((name) => readClient(layout, name).cert),
    ];
    const latest = Date.now() + renewBeforeDays * 86_400_000;
    return (
      existsSync(files.serviceAccountKey) &&
      pairs.every((pem) => {
        const certificate = new X509Certificate(pem);
        return certificate.verify(ca.publicKey) && Date.parse(certificate.validTo) > latest;
      })
    );
  } catch {
    return false;
  }
}
