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
 * and delete them by hand, and several stacks may write at once.
 */
export class Store {
  readonly #dir: string;
  constructor(dir: string) {
    this.#dir = dir;
  }

  #file(id: string): string {
    const parts = id.split("/").filter((part) => part !== "");
    if (parts.length === 0 || parts.some((part) => part === "." || part === ".." || part.includes("\0")))
      throw new UserError(`"${id}" is no resource id`);
    return `${path.join(this.#dir, ...parts)}.json`;
  }

  read(id: string): Stored | undefined {
    const file = this.#file(id);
    if (!existsSync(file)) return undefined;
    try {
      const stored = JSON.parse(readFileSync(file, "utf8")) as Stored;
      if (typeof stored.properties === "object" && stored.properties !== null) return { ...stored, id };
    } catch {
      // said below
    }
    throw new UserError(
      `${file} is damaged: it must hold { "id", "type", "properties" } as JSON. Mend it, or delete it and the object with it.`,
    );
  }

  write(stored: Stored): void {
    const file = this.#file(stored.id);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileAtomic(file, `${JSON.stringify(stored, undefined, 2)}\n`);
  }

  /** With everything below it, as Azure does. */
  delete(id: string): void {
    const file = this.#file(id);
    rmSync(file, { force: true });
    rmSync(file.slice(0, -".json".length), { recursive: true, force: true });
  }

  /** Names of the locks that forbid to delete it: its own, and those of what it is in. */
  locks(id: string): string[] {
    const parts = id.split("/").filter((part) => part !== "");
    return parts.flatMap((_, index) => {
      const folder = path.join(this.#dir, ...parts.slice(0, index + 1), "providers/Microsoft.Authorization/locks");
      return existsSync(folder) ? readdirSync(folder).map((file) => file.replace(/\.json$/, "")) : [];
    });
  }
}
