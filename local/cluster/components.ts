import path from "node:path";
import { pkiFiles } from "./certificates.ts";
import type { Layout, ProgramName } from "./layout.ts";
import type { ControlPlaneRecord } from "./record.ts";

/** Clients of the API server that watch and act. */
export const controllers: readonly ProgramName[] = ["kube-controller-manager", "kube-scheduler", "kwok"];

/** In the order in which they start; they stop in the opposite one. */
export const startOrder: readonly ProgramName[] = ["etcd", "kube-apiserver", ...controllers];

/** The controllers serve nothing, so they need no port; the port of etcd's peers has no peer and is as private as the other. */
export function portOf(name: ProgramName, record: ControlPlaneRecord): number | undefined {
  return name === "etcd" ? record.ports.etcd : name === "kube-apiserver" ? record.ports.apiserver : undefined;
}

export function serverUrl(record: ControlPlaneRecord): string {
  return `https://127.0.0.1:${record.ports.apiserver}`;
}

/**
 * Command line of a component. Each holds a path inside this control plane's directory as `--flag=DIR/...`: by that a running one is told from every other
 * program of the machine (supervisor.ts).
 */
export function commandLine(name: ProgramName, layout: Layout, record: ControlPlaneRecord): string[] {
  const pki = pkiFiles(layout);
  const etcdUrl = `https://127.0.0.1:${record.ports.etcd}`;
  const peerUrl = `https://127.0.0.1:${record.ports.etcdPeer}`;
  const flags: Record<ProgramName, Record<string, string>> = {
    etcd: {
      name: "local",
      "data-dir": layout.etcdData,
      "listen-client-urls": etcdUrl,
      "advertise-client-urls": etcdUrl,
      "listen-peer-urls": peerUrl,
      "initial-advertise-peer-urls": peerUrl,
      "initial-cluster": `local=${peerUrl}`,
      "client-cert-auth": "true",
      "trusted-ca-file": pki.ca,
      "cert-file": pki.etcdServer.cert,
      "key-file": pki.etcdServer.key,
      "peer-client-cert-auth": "true",
      "peer-trusted-ca-file": pki.ca,
      "peer-cert-file": pki.etcdServer.cert,
      "peer-key-file": pki.etcdServer.key,
      // Survives any crash of the processes; only a power cut can lose the last writes, of a world that is made again in minutes.
      "unsafe-no-fsync": "true",
      "log-level": "warn",
    },
    "kube-apiserver": {
      "etcd-servers": etcdUrl,
      "etcd-cafile": pki.ca,
      "etcd-certfile": pki.etcdClient.cert,
      "etcd-keyfile": pki.etcdClient.key,
      "bind-address": "127.0.0.1",
      "advertise-address": "127.0.0.1",
      "secure-port": String(record.ports.apiserver),
      "tls-cert-file": pki.server.cert,
      "tls-private-key-file": pki.server.key,
      "client-ca-file": pki.ca,
      "anonymous-auth": "false",
      "authorization-mode": "Node,RBAC",
      "enable-admission-plugins": "NodeRestriction",
      "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
      "service-account-key-file": pki.serviceAccountKey,
      "service-account-signing-key-file": pki.serviceAccountKey,
      "service-cluster-ip-range": "10.96.0.0/16",
      "endpoint-reconciler-type": "none", // nothing here reaches the API through the Service `kubernetes`
      "allow-privileged": "true",
      profiling: "false",
    },
    "kube-controller-manager": {
      kubeconfig: layout.componentKubeconfig("kube-controller-manager"),
      "service-account-private-key-file": pki.serviceAccountKey,
      "root-ca-file": pki.ca,
      "use-service-account-credentials": "true",
      "leader-elect": "false",
      "secure-port": "0",
      "kube-api-qps": "200",
      "kube-api-burst": "400",
      // A new autoscaler waits one period before it brings its workload to the minimum; 15 s is a long look at "1 of 3 ready".
      "horizontal-pod-autoscaler-sync-period": "2s",
      // Nodes have no heartbeat here: a machine that slept, or a kwok that is being started again, must not evict every pod.
      "node-monitor-grace-period": "87600h",
      profiling: "false",
    },
    "kube-scheduler": {
      kubeconfig: layout.componentKubeconfig("kube-scheduler"),
      "leader-elect": "false",
      "secure-port": "0",
      profiling: "false",
    },
    kwok: {
      kubeconfig: layout.componentKubeconfig("kwok"),
      config: path.basename(layout.stages), // relative, to the directory it runs in: kwok splits this one at commas
      "manage-all-nodes": "true",
      "node-ip": "127.0.0.1",
      // A kwok that starts again has forgotten which addresses are in use, so each start has a range of its own: 10.100.0.0/16 to 10.249.0.0/16 in turn.
      cidr: `10.${100 + (record.kwokStarts % 150)}.0.0/16`,
      v: "WARN",
    },
  };
  return Object.entries(flags[name]).map(([flag, value]) => `--${flag}=${value}`);
}
