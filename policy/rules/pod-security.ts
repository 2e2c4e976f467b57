import { at, eachOf, isKubernetes, kindOf, list, type PolicyResource, UNKNOWN } from "../rule.ts";
import { containersOf, makesPods, podSpec } from "./pods.ts";

/** Volumes of the restricted standard: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
const VOLUMES = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];

type Found = { message: string; fix: string };

/** Pods keep the restricted Pod Security standard, and their namespace enforces it. */
export const podSecurity = eachOf(
  "pod-security",
  "Pods keep the restricted Pod Security standard, and every namespace enforces it",
  (resource) => makesPods(resource) || (isKubernetes(resource) && kindOf(resource) === "Namespace"),
  (resource) => (makesPods(resource) ? [...ofPod(resource), ...ofContainers(resource)] : ofNamespace(resource)),
);

function ofNamespace({ props }: PolicyResource): Found[] {
  const level = at(props, "metadata", "labels", "pod-security.kubernetes.io/enforce");
  if (level === "restricted" || level === UNKNOWN) return [];
  return [
    {
      message: `does not enforce the restricted standard (${level ?? "no label"})`,
      fix: "label it pod-security.kubernetes.io/enforce: restricted",
    },
  ];
}

function ofPod(resource: PolicyResource): Found[] {
  const spec = podSpec(resource);
  const shared = ["hostNetwork", "hostPID", "hostIPC"].filter((key) => at(spec, key) === true);
  const volumes = list(at(spec, "volumes")).flatMap((volume) =>
    Object.keys(volume as object).filter((key) => key !== "name" && !VOLUMES.includes(key)),
  );
  return [
    ...shared.map((key) => ({ message: `shares its node's namespace (${key})`, fix: `leave ${key} out` })),
    ...volumes.map((kind) => ({ message: `mounts a volume of kind ${kind}`, fix: `use one of ${VOLUMES.join(", ")}` })),
  ];
}

function ofContainers(resource: PolicyResource): Found[] {
  const pod = at(podSpec(resource), "securityContext");
  return containersOf(resource).flatMap(({ name, spec }) => {
    const own = at(spec, "securityContext");
    const either = (...path: string[]) => at(own, ...path) ?? at(pod, ...path);
    const found: Found[] = [];
    const add = (wrong: boolean, message: string, fix: string) => {
      if (wrong) found.push({ message: `container ${name} ${message}`, fix: `securityContext: ${fix}` });
    };
    add(at(own, "privileged") === true, "is privileged", "leave privileged out");
    add(at(own, "allowPrivilegeEscalation") !== false, "may gain privileges", "allowPrivilegeEscalation: false");
    add(either("runAsNonRoot") !== true || either("runAsUser") === 0, "may run as root", "runAsNonRoot: true");
    add(!list(at(own, "capabilities", "drop")).includes("ALL"), "keeps capabilities", "capabilities: { drop: [ALL] }");
    const added = list(at(own, "capabilities", "add")).filter((capability) => capability !== "NET_BIND_SERVICE");
    add(added.length > 0, `adds capabilities (${added.join(", ")})`, "leave capabilities.add out");
    const profile = either("seccompProfile", "type");
    add(
      profile !== "RuntimeDefault" && profile !== "Localhost",
      "runs without a seccomp profile",
      "seccompProfile: { type: RuntimeDefault }",
    );
    return found;
  });
}
