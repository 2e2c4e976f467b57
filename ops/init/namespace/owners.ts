import { managedFields } from "../../drift/managers.ts";
import type { Json } from "../../report/diff.ts";
import { UserError } from "../../user-error.ts";
import { textsAt, titleOf } from "./objects.ts";

/** Who else keeps an object as it is, and how that one lets go of it without deleting it. */
interface Owner {
  readonly who: string;
  readonly release: string;
}

function ownerOf(object: Json): Owner | undefined {
  const labels = textsAt(object, "metadata", "labels");
  const annotations = textsAt(object, "metadata", "annotations");
  const helm = annotations["meta.helm.sh/release-name"];
  if (helm !== undefined || labels["app.kubernetes.io/managed-by"] === "Helm")
    return {
      who: `Helm, release ${helm ?? labels["app.kubernetes.io/instance"] ?? "(unnamed)"}`,
      release:
        "keep its objects and forget the release: put the annotation helm.sh/resource-policy: keep on each, run `helm uninstall`, then take Helm's labels and annotations off",
    };
  const argo = annotations["argocd.argoproj.io/tracking-id"]?.split(":")[0] ?? labels["argocd.argoproj.io/instance"];
  if (argo !== undefined)
    return {
      who: `Argo CD, application ${argo}`,
      release: `\`argocd app delete ${argo} --cascade=false\`, then take its label or annotation off`,
    };
  const flux = labels["kustomize.toolkit.fluxcd.io/name"] ?? labels["helm.toolkit.fluxcd.io/name"];
  if (flux !== undefined)
    return { who: `Flux, ${flux}`, release: `set spec.prune: false in its Kustomization, delete that, then take its labels off` };
  const pulumi = managedFields(object).some(({ manager }) => /^pulumi-kubernetes(-|$)/.test(manager));
  if (pulumi)
    return {
      who: "a stack of Pulumi's",
      release: "`pulumi state delete URN` in that stack's project, for each of its objects",
    };
  return undefined;
}

/** @throws UserError naming every owner, and the objects that it keeps: two that each put back what the other changes help nobody */
export function refuseOwned(objects: readonly Json[], isOurs: (object: Json) => boolean): void {
  const owned = new Map<string, { owner: Owner; titles: string[] }>();
  for (const object of objects) {
    const owner = isOurs(object) ? undefined : ownerOf(object);
    if (owner === undefined) continue;
    const known = owned.get(owner.who) ?? { owner, titles: [] };
    owned.set(owner.who, { owner, titles: [...known.titles, titleOf(object)] });
  }
  if (owned.size === 0) return;
  const lines = [...owned.values()].map(
    ({ owner, titles }) => `  ${owner.who}: ${shortened(titles)}\n    to let go of them: ${owner.release}`,
  );
  throw new UserError(
    `Somebody else keeps what is in this namespace as it is, and would undo what Liftlock does:\n${lines.join("\n")}\nNothing was written.`,
  );
}

const shortened = (titles: readonly string[]): string =>
  titles.length > 8 ? `${titles.slice(0, 8).join(", ")} and ${titles.length - 8} more` : titles.join(", ");
