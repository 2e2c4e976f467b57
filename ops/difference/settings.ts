import type { ApplicationSettings } from "../../components/application.schema.ts";
import { present } from "../../components/model.ts";
import { isRecord, type Leaf, leaves } from "../report/diff.ts";
import { short, soundsSecret } from "../report/text.ts";
import type { Area, Difference } from "./difference.ts";
import type { Place } from "./place.ts";

/** One side of a comparison: the settings as they were written, without what is the environment's own name. */
export interface Side {
  readonly stack: string;
  readonly environment: unknown;
  readonly release: unknown;
  place(part: string, setting: readonly string[]): Place | undefined;
}

/** They name the environment, so they differ always. */
const OWN_NAMES = new Set(["namespace", "host", "github.branch.name"]);

/** Where the settings of two environments differ. All of it is declared; what one side lacks although it is to have it is missing. */
export function settingsDifferences(application: ApplicationSettings, left: Side, right: Side): Difference[] {
  const both = (part: "environment" | "release") =>
    leaves(left[part] ?? {}, right[part] ?? {})
      .flatMap(apart)
      .flatMap((leaf) => (part === "environment" && OWN_NAMES.has(leaf.path.join(".")) ? [] : described(part, leaf)));
  const described = (part: string, leaf: Leaf): Difference[] => {
    const area = areaOf(part, leaf.path);
    const lacks = leaf.before === undefined ? left.stack : leaf.after === undefined ? right.stack : undefined;
    const missing = lacks !== undefined && isWanted(application, leaf.path, [left.stack, right.stack]);
    const secret = soundsSecret(leaf.path.at(-1) ?? "");
    return [
      {
        area,
        name: nameOf(part, leaf.path),
        kind: missing ? "missing" : "expected",
        ...(leaf.before === undefined ? {} : { left: secret ? "[secret]" : words(leaf.before) }),
        ...(leaf.after === undefined ? {} : { right: secret ? "[secret]" : words(leaf.after) }),
        places: [left.place(part, leaf.path), right.place(part, leaf.path)].filter((place) => place !== undefined),
        ...(lacks === undefined
          ? {}
          : { note: missing ? `${lacks} lacks it` : `only ${lacks === left.stack ? right.stack : left.stack} declares it` }),
      },
    ];
  };
  return [...both("release"), ...both("environment")].map(sameTag);
}

/** A group of settings that only one side has, setting by setting. */
function apart(leaf: Leaf): Leaf[] {
  const { path, before, after } = leaf;
  if (isRecord(before) && after === undefined && Object.keys(before).length > 0)
    return Object.entries(before).flatMap(([key, value]) => apart({ path: [...path, key], before: value, after: undefined }));
  if (isRecord(after) && before === undefined && Object.keys(after).length > 0)
    return Object.entries(after).flatMap(([key, value]) => apart({ path: [...path, key], before: undefined, after: value }));
  return [leaf];
}

/** The same tag with another digest is another image under one name: nobody means that. */
function sameTag(difference: Difference): Difference {
  const { area, left, right } = difference;
  if (area !== "images" || left === undefined || right === undefined || left.split("@")[0] !== right.split("@")[0]) return difference;
  return { ...difference, kind: "unexpected", note: "the same tag, but not the same image" };
}

const words = (value: unknown): string =>
  isRecord(value) && Object.values(value).every((v) => typeof v !== "object")
    ? Object.entries(value)
        .map(([key, v]) => `${key} ${short(v)}`)
        .join(", ")
    : short(value);

/** Is a setting of this kind to be there in both environments? Flags are; configuration is, unless the application leaves one out. */
function isWanted(application: ApplicationSettings, path: readonly string[], stacks: readonly string[]): boolean {
  const [group, set = "", key = ""] = path;
  if (group === "flags") return true;
  if (group !== "config") return false;
  const declared = application.config[set]?.keys[key];
  return declared !== undefined && stacks.every((stack) => present(declared, stack));
}

function areaOf(part: string, path: readonly string[]): Area {
  if (part === "release")
    return path[0] === "images" ? "images" : path[0] === "schemaVersion" || path[0] === "migrations" ? "schema" : "release";
  const [group = ""] = path;
  if (group === "config") return "configuration";
  if (group === "flags") return "flags";
  if (path.includes("replicas") || path.includes("cpuTarget")) return "replicas";
  if (path.includes("resources")) return "resources";
  if (group === "access" || group === "gateway") return "access";
  if (group === "database" || group === "github") return group;
  return group === "cluster" || group === "platform" ? "platform" : "other";
}

function nameOf(part: string, path: readonly string[]): string {
  if (part === "release") return path[0] === "images" ? `image ${path[1]}` : `release ${path.join(".")}`;
  const [group, ...rest] = path;
  if (group === "config") return `config ${rest.join(".")}`;
  if (group === "flags") return `flag ${rest.join(".")}`;
  return `environment ${path.join(".")}`;
}
