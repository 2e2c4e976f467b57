import type { ApplicationSettings } from "../../components/application.schema.ts";
import { type Leaf, leaves } from "../report/diff.ts";
import { short, soundsSecret } from "../report/text.ts";
import { kindOf } from "../report/urn.ts";
import { UserError } from "../user-error.ts";
import type { Declarations, DeclaredResource } from "./declared.ts";
import type { Area, Difference } from "./difference.ts";
import { type Names, normalized } from "./normal.ts";
import type { Side } from "./settings.ts";
import { isPartial, TRIED_BRANCH, triedSettings } from "./trial.ts";

/** One environment, or one environment as it was. */
export interface Subject extends Side {
  readonly names: Names;
  /** Rendered side by side with the others: no comparison needs one before it starts the next. */
  readonly resources: Promise<readonly DeclaredResource[]>;
  /** The settings as they were written, with the environment's own names. */
  readonly written: { readonly environment: unknown; readonly release: unknown };
}

/** What differs among the resources of two environments, and how much of it the settings explain. */
export interface Rendered {
  /** Fields that differ because settings do, and those that differ only by names of the environment. */
  readonly explained: number;
  readonly folded: number;
  readonly differences: Difference[];
  /** Why it could not be tried out which of them the settings explain. */
  readonly untried?: string;
}

type At = { readonly resource: string; readonly leaf: Leaf };
const keyOf = ({ resource, leaf }: At): string => `${resource}\0${leaf.path.join("\0")}`;

/**
 * Compares what two environments declare, resource by resource, of whatever provider. Which differences the settings explain is tried out:
 * the left environment is rendered with the settings of the right one. What differs even then, no stack file declares: the program does,
 * or rules that name environments.
 */
export async function compareResources(
  declarations: Declarations,
  projectDir: string,
  application: ApplicationSettings,
  left: Subject,
  right: Subject,
): Promise<Rendered> {
  const parts = { environment: triedSettings(application, left, right), release: right.written.release };
  // Settings of one environment may be none that the rules allow in another.
  const trial = declarations.resources(projectDir, left.names.stack, parts).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  const [lefts, rights, tried] = await Promise.all([left.resources, right.resources, trial]);
  const [a, b] = [normalized(lefts, left.names), normalized(rights, right.names)];
  const found = between(a, b);
  const all = between(raw(lefts), raw(rights)).length;
  const folded = Math.max(0, all - found.length);
  if (found.length === 0) return { explained: 0, folded, differences: [] };
  if (tried instanceof UserError) return { explained: found.length, folded, differences: [], untried: tried.message };
  const remaining = new Set(between(normalized(tried, { ...left.names, branch: TRIED_BRANCH }), b).map(keyOf));
  const unexplained = found.filter((at) => remaining.has(keyOf(at)) && !declaredElsewhere(application, at, left.stack, right.stack));
  return { explained: found.length - unexplained.length, folded, differences: unexplained.map((at) => described(at, left, right)) };
}

const raw = (resources: readonly DeclaredResource[]): Map<string, object> =>
  new Map(resources.map(({ type, name, inputs }) => [`${type} ${name}`, inputs]));

function between(a: ReadonlyMap<string, object>, b: ReadonlyMap<string, object>): At[] {
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((resource): At[] => {
    const [x, y] = [a.get(resource), b.get(resource)];
    if (x === undefined || y === undefined) return [{ resource, leaf: { path: [], before: x, after: y } }];
    return leaves(x, y).map((leaf) => ({ resource, leaf }));
  });
}

/** A key of configuration or a secret that the application gives to some environments only (`only`, `except`), and all that holds it. */
function declaredElsewhere(application: ApplicationSettings, { resource, leaf }: At, ...stacks: string[]): boolean {
  const [type = "", name = ""] = resource.split(" ");
  const kind = kindOf(type);
  const sealed = /^github-environment-secret-(.+)$/.exec(name)?.[1];
  if (kind === "ActionsEnvironmentSecret" && sealed !== undefined) return isPartial(application.repository?.secrets[sealed]);
  const keys = kind === "ConfigMap" ? application.config[name]?.keys : kind === "Secret" ? application.secrets[name]?.keys : undefined;
  if (keys === undefined) return false;
  if (leaf.path.length === 0) return Object.values(keys).some(isPartial);
  return stacks.length > 0 && ["data", "stringData"].includes(leaf.path[0] ?? "") && isPartial(keys[leaf.path[1] ?? ""]);
}

function described({ resource, leaf: { path, before, after } }: At, left: Side, right: Side): Difference {
  const [type = "", ...name] = resource.split(" ");
  const subject = `${kindOf(type)} ${name.join(" ")}`;
  const hidden = kindOf(type) === "Secret" || soundsSecret(path.at(-1) ?? "");
  const shown = (value: unknown) => (hidden ? "[secret]" : short(value));
  const lacks = before === undefined ? left.stack : after === undefined ? right.stack : undefined;
  const whole = path.length === 0;
  return {
    area: areaOf(type, path),
    name: whole ? subject : `${subject} ${path.join(".")}`,
    kind: whole ? "missing" : "unexpected",
    ...(whole || before === undefined ? {} : { left: shown(before) }),
    ...(whole || after === undefined ? {} : { right: shown(after) }),
    places: [],
    note: whole
      ? `${lacks} lacks it, and no setting says so`
      : "no setting explains it: look at the program, and at rules that name environments",
  };
}

function areaOf(type: string, path: readonly string[]): Area {
  if (type.startsWith("github:")) return "github";
  if (!type.startsWith("kubernetes:")) return "platform";
  if (path.at(-1) === "image") return "images";
  if (path.includes("resources")) return "resources";
  return kindOf(type) === "ConfigMap" ? "configuration" : "other";
}
