// Which program a process id stands for. Runs on Node 20, without dependencies: the wrapper uses it before anything is installed.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * @typedef {object} RunningProcess
 * @property {number} pid
 * @property {string} started  when it started, in the system's own terms: the same id with another value is another process
 * @property {string[]} argv   its command line (split on blanks where there is no /proc)
 */

const hasProc = existsSync("/proc/self/stat");

/**
 * The process of this id, or undefined when there is none. One that has ended and was not yet collected (a zombie) counts as none.
 * @param {number} pid
 * @returns {RunningProcess | undefined}
 */
export function findProcess(pid) {
  return hasProc ? fromProc(pid) : fromPs(["-p", String(pid)])[0];
}

/**
 * Every process of this machine that we may see.
 * @returns {RunningProcess[]}
 */
export function listProcesses() {
  if (!hasProc) return fromPs(["-A"]);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => fromProc(Number(name)))
    .filter((found) => found !== undefined);
}

/**
 * @param {number} pid
 * @returns {RunningProcess | undefined}
 */
function fromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets, which may itself hold blanks and brackets; state and start time are fields 3 and 22.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    const argv = readFileSync(path.join("/proc", String(pid), "cmdline"), "utf8")
      .split("\0")
      .slice(0, -1);
    return { pid, started: `${bootId()}/${fields[19]}`, argv };
  } catch {
    return undefined; // it ended while we looked, or it is not ours to see
  }
}

/** @type {string | undefined} */
let boot;

/** Start times count from the boot of the machine, so two boots must not be mixed up. */
function bootId() {
  boot ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return boot;
}

/**
 * @param {string[]} selection
 * @returns {RunningProcess[]}
 */
function fromPs(selection) {
  let table;
  try {
    table = execFileSync("ps", [...selection, "-ww", "-o", "pid=,stat=,lstart=,command="], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 1 << 26,
    });
  } catch {
    return []; // ps ends with 1 when nothing matches
  }
  return table.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\S+)\s+(\w{3} \w{3}\s+\d+ [\d:]{8} \d{4})\s+(.*)$/.exec(line);
    if (!match || match[2]?.startsWith("Z")) return [];
    return [{ pid: Number(match[1]), started: String(match[3]), argv: String(match[4]).split(" ") }];
  });
}
