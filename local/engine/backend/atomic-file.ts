import { chmod, copyFile, link, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";

const FILE_MODE = 0o600;
const DIR_MODE = 0o700;
const TEMPORARY = /\.[0-9]+-[0-9]+\.tmp$/;
let written = 0;

/** Makes a folder (and its parents) that only its owner may enter. */
export async function privateDir(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: DIR_MODE });
}

/**
 * Replaces a file so that a reader, also after a crash or a full disk, finds the old text or the new one, whole. Not write-file-atomic:
 * that takes a short write, which is what a full disk gives, for a complete one.
 */
export async function writeAtomic(
  file: string,
  text: string,
  options: { temporaryDir?: string; beforeRename?: () => Promise<void> } = {},
): Promise<void> {
  const temporary = path.join(options.temporaryDir ?? path.dirname(file), `${path.basename(file)}.${process.pid}-${++written}.tmp`);
  try {
    const handle = await open(temporary, "wx", FILE_MODE);
    try {
      await handle.writeFile(text, "utf8");
      await handle.sync();
    } finally {
      await handle.close();
    }
    await options.beforeRename?.();
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Keeps what `file` holds now as `backup`; `file` itself is there at every moment. Nothing to do when there is no such file. */
export async function keepBackup(file: string, backup: string): Promise<void> {
  const temporary = `${backup}.${process.pid}-${++written}.tmp`;
  try {
    // a second name for the old content: once `file` is replaced by a rename, the backup is its only name
    await link(file, temporary).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") throw error;
      await copyFile(file, temporary); // file systems without hard links
    });
    await chmod(temporary, FILE_MODE);
    await rename(temporary, backup);
  } catch (error) {
    await rm(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Removes what a killed process left half-written beside `file`. Only for the holder of the lock that guards the file. */
export async function removeLeftovers(file: string): Promise<void> {
  const dir = path.dirname(file);
  const base = path.basename(file);
  const names = await readdir(dir).catch(() => []);
  await Promise.all(names.filter((n) => n.startsWith(`${base}.`) && TEMPORARY.test(n)).map((n) => rm(path.join(dir, n), { force: true })));
}
