import { findCredentials } from "../../components/rules/credentials.ts";
import { at, eachOf, isAzure, isKubernetes, kindOf, list } from "../rule.ts";

/** Traffic comes in through the gateway, with its names, certificates and limits; databases and vaults take none from outside. */
export const noPublicAccess = eachOf(
  "no-public-access",
  "Nothing but the gateway is reached from outside",
  (resource) => isAzure(resource) || (isKubernetes(resource) && ["Service", "Ingress"].includes(kindOf(resource))),
  ({ type, props }) => {
    if (type.startsWith("kubernetes:")) {
      const kind = at(props, "spec", "type");
      if (kind !== "LoadBalancer" && kind !== "NodePort") return [];
      return [{ message: `is a Service of type ${kind}`, fix: "make it ClusterIP, and reach it by a route of the gateway" }];
    }
    const access =
      at(props, "publicNetworkAccess") ?? at(props, "properties", "publicNetworkAccess") ?? at(props, "network", "publicNetworkAccess");
    const found = /^enabled$/i.test(String(access))
      ? [{ message: "can be reached from the internet (publicNetworkAccess)", fix: "publicNetworkAccess: Disabled" }]
      : [];
    const wide = at(props, "startIpAddress") === "0.0.0.0";
    return wide
      ? [...found, { message: "opens the database to every address of Azure or of the world", fix: "name the addresses that need it" }]
      : found;
  },
);

/** A ConfigMap, a variable or an argument is read by everybody who may look at the namespace. */
export const credentialsInClear = eachOf(
  "credentials-in-clear",
  "What looks like a credential stands in a Secret or a vault, nowhere else",
  (resource) => isKubernetes(resource) && kindOf(resource) !== "Secret",
  ({ props }) =>
    findCredentials(props).map(({ path, kind }) => ({
      message: `holds ${kind} in clear, at ${path.map(String).join(".")}`,
      fix: "declare it under application.secrets, and change the value, which was seen",
    })),
);

/** A role that may do everything is a role nobody thought about. */
export const leastRights = eachOf(
  "least-rights",
  "No role may do everything, and nobody is cluster-admin",
  (resource) => isKubernetes(resource) && ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"].includes(kindOf(resource)),
  ({ props }) => {
    const wide = list(at(props, "rules")).some(
      (rule) => list(at(rule, "verbs")).includes("*") && list(at(rule, "resources")).includes("*"),
    );
    const admin = at(props, "roleRef", "name") === "cluster-admin";
    return [
      ...(wide ? [{ message: "allows every verb on every resource", fix: "name the verbs and resources that are needed" }] : []),
      ...(admin ? [{ message: "makes somebody cluster-admin", fix: "bind a role that allows what is needed" }] : []),
    ];
  },
);
