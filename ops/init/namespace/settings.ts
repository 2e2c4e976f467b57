import type { Json } from "../../report/diff.ts";
import { UserError } from "../../user-error.ts";
import { application } from "../application.ts";
import type { Choices } from "../choices.ts";
import { BACKUP, environment } from "../environments.ts";
import type { SettingsParts } from "../files.ts";
import { NO_DIGEST, noRelease } from "../placeholders.ts";
import { mapAt } from "./objects.ts";
import type { Proposal } from "./propose.ts";

/** Settings of a project whose environment `stack` is what runs in the namespace; further environments get the same, in the sizes of new ones. */
export function settingsOf(proposal: Proposal, choices: Choices, stack: string, version: string): SettingsParts {
  const { sets, database } = proposal;
  const { smoke: _smoke, config: _config, secrets: _secrets, ...base } = application(choices);
  const isFirst = choices.environments[0] === stack;
  return {
    application: {
      ...base,
      services: proposal.services,
      config: sets.config,
      ...(Object.keys(sets.secrets).length === 0 ? {} : { secrets: sets.secrets }),
      ...(database === undefined
        ? {}
        : {
            database: {
              kind: "postgresql",
              secret: database,
              ...portOf(sets.secretValues.get(database)),
              tools: `docker.io/library/postgres:17.6-alpine@${NO_DIGEST}`,
            },
          }),
    },
    environment: (name) => {
      const { config: _, services: _fixed, ...own } = environment(choices, name);
      const shared = {
        ...own,
        ...(Object.keys(sets.values).length === 0 ? {} : { config: sets.values }),
        // Wherever it is: what reached it before must not be cut off. To be narrowed by those who know the address.
        ...(database === undefined
          ? {}
          : { database: { cidrs: ["0.0.0.0/0"], ...(name === stack ? { data: "real", backup: BACKUP } : { data: "synthetic" }) } }),
      };
      if (name !== stack) return { ...shared, services: sizes(proposal) };
      const { gateway, ...said } = proposal.environment;
      return {
        ...shared,
        namespace: proposal.namespace,
        cluster: { ...mapAt(own, "cluster"), version },
        gateway: { ...mapAt(own, "gateway"), ...(gateway as Json | undefined) },
        protect: true,
        ...said,
      };
    },
    release: (name) =>
      name === stack
        ? { version: proposal.version, commit: "0".repeat(40), images: isFirst ? proposal.images : pinned(proposal, stack) }
        : noRelease({ ...choices, database: "none", services: proposal.services as unknown as Choices["services"] }),
  };
}

/** Replicas of what keeps data, which no default fits. */
const sizes = ({ services, environment: { services: placed } }: Proposal): Json =>
  Object.fromEntries(
    services.flatMap(({ name, kind }) => (kind === "stateful" ? [[name, { replicas: mapAt(placed, String(name)).replicas }]] : [])),
  );

function portOf(url: string | undefined): Json {
  const port = url !== undefined && URL.canParse(url) ? new URL(url).port : "";
  return port === "" ? {} : { port: Number(port) };
}

/** Above the first environment images go by digest. */
function pinned({ images }: Proposal, stack: string): Json {
  const bare = Object.entries(images).filter(([, image]) => !image.includes("@"));
  if (bare.length === 0) return images;
  throw new UserError(
    `${stack} is not the first environment, and there an image goes by its digest. No pod says that of: ${bare.map(([name, image]) => `${name} (${image})`).join(", ")}. Begin with --environments ${stack}, and add those before it later. Nothing was written.`,
    2,
  );
}
