import { at, isAzure, isKubernetes, kindOf, type PolicyResource, type Rule, type Violation } from "../rule.ts";

/** An environment that holds real data says so: the namespace by its label, an Azure resource by its tag. */
const holdsRealData = (resource: PolicyResource): boolean =>
  (isKubernetes(resource) &&
    kindOf(resource) === "Namespace" &&
    at(resource.props, "metadata", "labels", "liftlock.dev/data") === "real") ||
  (isAzure(resource) && at(resource.props, "tags", "data") === "real");

const KEEPS_DATA = ["PersistentVolumeClaim", "StatefulSet"];
const SERVER = "azure-native:dbforpostgresql:Server";
/** Days that Azure can keep at least and at most: https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-backup-restore */
const RETENTION = 7;

/** What cannot be made again is not deleted by a mistake in a file. */
export const protectedData: Rule = {
  name: "protected-data",
  description: "What holds real data is protected from being destroyed or replaced",
  each: false,
  check: (resources) => {
    const real = resources.filter(holdsRealData);
    const namespaces = new Set(real.filter(isKubernetes).map(({ props }) => at(props, "metadata", "name")));
    const kept = resources.filter(
      (resource) =>
        isKubernetes(resource) && KEEPS_DATA.includes(kindOf(resource)) && namespaces.has(at(resource.props, "metadata", "namespace")),
    );
    const stateful = kept.filter(
      (resource) => kindOf(resource) !== "StatefulSet" || at(resource.props, "spec", "volumeClaimTemplates") !== undefined,
    );
    return [...real, ...stateful].flatMap((resource): Violation[] =>
      resource.protect
        ? []
        : [{ urn: resource.urn, message: "holds real data and is not protected", fix: "set protect: true (environment.protect)" }],
    );
  },
};

/** A database with real data survives the loss of a zone, and yesterday can be brought back. */
export const databaseAvailability: Rule = {
  name: "database-availability",
  description: "A database with real data is highly available and keeps its backups for a week at least",
  each: true,
  check: (resources) =>
    resources
      .filter((resource) => resource.type === SERVER && holdsRealData(resource))
      .flatMap(({ urn, props }): Violation[] => {
        const mode = at(props, "highAvailability", "mode");
        const days = Number(at(props, "backup", "backupRetentionDays") ?? RETENTION);
        return [
          ...(mode === "ZoneRedundant" || mode === "SameZone"
            ? []
            : [{ urn, message: "has no standby server", fix: "highAvailability: { mode: ZoneRedundant }" }]),
          ...(days >= RETENTION
            ? []
            : [{ urn, message: `keeps its backups for ${days} days`, fix: `backupRetentionDays: ${RETENTION} or more` }]),
        ];
      }),
};
