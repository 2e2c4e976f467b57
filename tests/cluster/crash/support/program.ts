import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

// Every way of changing something: created, updated, replaced in both orders, deleted, and a roll-out that is waited for.
const config = new pulumi.Config();
const version = config.requireNumber("version");
const namespace = config.require("namespace");
const metadata = { namespace, labels: { app: "web" } };

class Web extends pulumi.ComponentResource {
  readonly service: pulumi.Output<string>;
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("crash:app:Web", name, {}, opts);
    const parent = { parent: this };
    const settings = new k8s.core.v1.ConfigMap(`${name}-settings`, { metadata, immutable: true, data: { version: `${version}` } }, parent);
    const token = new k8s.core.v1.Secret(
      `${name}-token`,
      { metadata, immutable: true, stringData: { token: config.requireSecret("token") } },
      parent,
    );
    const account = new k8s.core.v1.ServiceAccount(name, { metadata: { ...metadata, name } }, parent);
    const deployment = new k8s.apps.v1.Deployment(
      name,
      {
        metadata: { ...metadata, name },
        spec: {
          replicas: version,
          selector: { matchLabels: metadata.labels },
          template: {
            metadata: { labels: metadata.labels },
            spec: {
              serviceAccountName: account.metadata.name,
              containers: [
                {
                  name,
                  image: `registry.example.com/web:${version}`,
                  ports: [{ containerPort: 8080 }],
                  envFrom: [{ configMapRef: { name: settings.metadata.name } }, { secretRef: { name: token.metadata.name } }],
                },
              ],
            },
          },
        },
      },
      parent,
    );
    const service = new k8s.core.v1.Service(
      name,
      { metadata: { ...metadata, name }, spec: { selector: metadata.labels, ports: [{ port: 80, targetPort: 8080 }] } },
      { ...parent, dependsOn: deployment },
    );
    this.service = service.metadata.name;
    this.registerOutputs({ service: this.service });
  }
}

new k8s.core.v1.ConfigMap("named", { metadata: { ...metadata, name: "named" }, immutable: true, data: { version: `${version}` } });
new k8s.rbac.v1.Role("reader", {
  metadata: { ...metadata, name: "reader" },
  rules: [{ apiGroups: [""], resources: ["pods"], verbs: version === 1 ? ["get"] : ["get", "list"] }],
});
new k8s.core.v1.ConfigMap(`only-${version}`, {
  metadata: { ...metadata, name: `only-${version}` },
  data: { token: config.requireSecret("token") },
});
export const service = new Web("web").service;
