import { deployment } from "./deployment.ts";
import { monitoring } from "./monitoring.ts";
import { rollback } from "./rollback.ts";
import type { Documented } from "./settings.ts";

export const DOCUMENT_FILE = "DEPLOYMENT.md";

/** Deployment, rollback and monitoring of an application in its team's own terms. */
export const documentText = (documented: Documented): string =>
  [
    `# Deployment of ${documented.application.name}`,
    "",
    "<!-- Written by `liftlock document` from the settings in Pulumi.yaml and Pulumi.<stack>.yaml: change those, and write it anew. -->",
    "",
    ...deployment(documented),
    "",
    ...rollback(documented),
    "",
    ...monitoring(documented),
    "",
  ].join("\n");
