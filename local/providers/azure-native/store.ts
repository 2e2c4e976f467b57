import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { sync as writeFileAtomic } from "write-file-atomic";
import { UserError } from "../../../ops/user-error.ts";
import type { PropertyMap } from "../../engine/values.ts";

/** An object of the stand-in. */
export interface Stored {
  id: string;
  type: string;
  /** Resource that made it; left out of what was made by hand. */
  urn?: string;
  /** What Azure gives back when asked: never a secret. */
  properties: PropertyMap;
}

/**
 * The stand-in's objects, one JSON file each, at the path of its id: `<dir>/subscriptions/…/registries/acme.json`. People may change, add
 * and delete them by hand, and several stacks may write at once. Ids are the same in any case, as Azure's are.
 */
export class Store {
  readonly #dir: string;
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Where the object is, or would be. */
  file(id: string): string {
    const parts = id.split("/").filter((part) => part !== "");
    if (parts.length === 0 || parts.some((part) => part === "." || part === ".." || part.includes("\0")))
      throw new UserError(`"${id}" is no resource id`);
    const name = parts.pop()!;
    const folder = parts.reduce((dir, part) => path.join(dir, inAnyCase(dir, part)), this.#dir);
    return path.join(folder, inAnyCase(folder, `${name}.json`));
  }

  read(id: string): Stored | undefined {
    const file = this.file(id);
    const stored = parsed(file);
    return stored && { ...stored, id };
  }

  write(stored: Stored): void {
    const file = this.file(stored.id);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileAtomic(file, `${JSON.stringify(stored, undefined, 2)}\n`);
  }

  /** With everything below it. */
  delete(id: string): void {
    const file = this.file(id);
    rmSync(file, { force: true });
    rmSync(folderOf(file), { recursive: true, force: true });
  }

  /** Everything below an object (without one: everything there is) whose id is wanted. */
  below(id?: string, wanted: (id: string) => boolean = () => true): Stored[] {
    const folder = id === undefined ? this.#dir : folderOf(this.file(id));
    if (!existsSync(folder)) return [];
    const root = id ?? "";
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".json") && wanted(`${root}/${folderOf(file)}`))
      .flatMap((file) => parsed(path.join(folder, file)) ?? []);
  }
}

const folderOf = (file: string): string => file.slice(0, -".json".length);

/** The name as the folder has it already: a folder of what is in an object, or the object's own file. */
function inAnyCase(folder: string, name: string): string {
  if (existsSync(path.join(folder, name)) || !existsSync(folder)) return name;
  const wanted = name.toLowerCase();
  const found = readdirSync(folder).find((entry) => [wanted, `${wanted}.json`].includes(entry.toLowerCase()));
  return found?.slice(0, name.length) ?? name;
}

/** Undefined when there is no such file (any more). */
function parsed(file: string): Stored | undefined {
  try {
    const stored = JSON.parse(readFileSync(file, "utf8")) as Stored;
    if (typeof stored.id === "string" && typeof stored.properties === "object" && stored.properties !== null) return stored;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  }
  throw new UserError(
    `${file} is damaged: it must hold { "id", "type", "properties" } as JSON. Mend it, or delete it and the object with it.`,
  );
}
