// A lock file that names its owner. One whose owner is gone is taken over; a process id used again by another program does not keep it.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findProcess } from "./processes.js";

/**
 * @typedef {object} LockOwner
 * @property {number} pid
 * @property {string} started
 * @property {string} purpose
 */

/**
 * Runs `work` while holding `file`; waits for a living owner, and calls `onWait` with it at each look.
 * @template T
 * @param {string} file
 * @param {string} purpose   for people: "liftlock builds the control plane"
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (owner: LockOwner) => void, pollMilliseconds?: number, signal?: AbortSignal }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(file, purpose, work, options = {}) {
  while (true) {
    const owner = tryLock(file, purpose);
    if (!owner) break;
    options.onWait?.(owner);
    await delay(options.pollMilliseconds ?? 200, undefined, { signal: options.signal });
  }
  try {
    return await work();
  } finally {
    unlock(file);
  }
}

/**
 * Takes the lock, or says who has it.
 * @param {string} file
 * @param {string} purpose
 * @returns {LockOwner | undefined} the living owner; undefined when the lock is now ours
 */
export function tryLock(file, purpose) {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const me = findProcess(process.pid);
  if (!me) throw new Error("this process does not find itself in the process table (is `ps` installed?)");
  // Written whole under a name of its own, then linked: nobody ever sees a lock without its owner.
  const claim = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(claim, JSON.stringify({ pid: me.pid, started: me.started, purpose }), { mode: 0o600 });
  try {
    while (!tryLink(claim, file)) {
      const text = readIfThere(file);
      if (text === undefined) continue; // freed in between
      const owner = livingOwner(text);
      if (owner) return owner;
      takeAway(file, text);
    }
    return undefined;
  } finally {
    unlinkSync(claim);
  }
}

/**
 * Who holds the lock now, if that process lives.
 * @param {string} file
 * @returns {LockOwner | undefined}
 */
export function lockOwner(file) {
  const text = readIfThere(file);
  return text === undefined ? undefined : livingOwner(text);
}

/**
 * Frees the lock if it is ours.
 * @param {string} file
 */
function unlock(file) {
  const text = readIfThere(file);
  if (text !== undefined && livingOwner(text)?.pid === process.pid) rmSync(file, { force: true });
}

/**
 * Removes a dead owner's lock; if another process put its own in place meanwhile, that one goes back.
 * @param {string} file
 * @param {string} deadOwner
 */
export function takeAway(file, deadOwner) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return; // another one was quicker
  }
  if (readIfThere(aside) !== deadOwner) tryLink(aside, file);
  rmSync(aside, { force: true });
}

/**
 * @param {string} from
 * @param {string} to
 */
function tryLink(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
}

/** @param {string} text */
function livingOwner(text) {
  try {
    /** @type {LockOwner} */
    const owner = JSON.parse(text);
    return findProcess(owner.pid)?.started === owner.started ? owner : undefined;
  } catch {
    return undefined; // damaged: nobody's
  }
}

/** @param {string} file */
function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
