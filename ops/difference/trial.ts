import type { ApplicationSettings } from "../../components/application.schema.ts";
import { present } from "../../components/model.ts";
import { isRecord } from "../report/diff.ts";
import type { Subject } from "./compare.ts";

/** Nobody's branch: two stacks cannot have one. */
export const TRIED_BRANCH = "liftlock/compared";

/**
 * The right environment's settings under the left one's names, with which the left one is rendered. What can be there only once, or in one of
 * the two only, is as the left one may have it: else the rules would refuse all of it, and nothing could be tried.
 */
export function triedSettings(application: ApplicationSettings, left: Subject, right: Subject): unknown {
  const [own, settings] = [left, right].map(({ written: { environment } }) => (isRecord(environment) ? environment : {}));
  const { github, config } = settings!;
  const branch =
    isRecord(github) && isRecord(github.branch) ? { github: { ...github, branch: { ...github.branch, name: TRIED_BRANCH } } } : {};
  const keys = isRecord(config) ? { config: configOf(application, left.names.stack, record(own!.config), config) } : {};
  return { ...settings, ...branch, ...keys, namespace: own!.namespace, host: own!.host };
}

/** The right values of the keys that the left environment has, and its own of those that it alone has. */
function configOf(application: ApplicationSettings, stack: string, own: Sets, other: Sets): Sets {
  return Object.fromEntries(
    Object.entries(other).map(([set, values]) => {
      const declared = application.config[set]?.keys ?? {};
      const kept = Object.entries(record(values)).filter(([key]) => present(declared[key] ?? {}, stack));
      const lacking = Object.entries(record(own[set])).filter(([key]) => !Object.hasOwn(record(values), key));
      return [set, { ...Object.fromEntries(kept), ...Object.fromEntries(lacking.filter(([key]) => isPartial(declared[key]))) }];
    }),
  );
}

type Sets = Readonly<Record<string, unknown>>;
const record = (value: unknown): Sets => (isRecord(value) ? value : {});

/** Does the application give it to some environments only? */
export const isPartial = (key: { only?: unknown; except?: unknown } | undefined): boolean =>
  key?.only !== undefined || key?.except !== undefined;
