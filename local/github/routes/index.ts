import type { Route } from "../http/call.ts";
import { checks } from "./checks.ts";
import { contents } from "./contents.ts";
import { environments } from "./environments.ts";
import { gitData } from "./git.ts";
import { issues } from "./issues.ts";
import { meta } from "./meta.ts";
import { people } from "./people.ts";
import { pulls } from "./pulls.ts";
import { repositories } from "./repositories.ts";
import { reviews } from "./reviews.ts";
import { rulesets } from "./rulesets.ts";
import { runs } from "./runs.ts";
import { secrets } from "./secrets.ts";

/** Everything that answers, in the order in which it is looked for. */
export const routes: readonly Route[] = [
  ...meta,
  ...people,
  ...repositories,
  ...contents,
  ...gitData,
  ...rulesets,
  ...environments,
  ...secrets,
  ...pulls,
  ...reviews,
  ...checks,
  ...issues,
  ...runs,
];
