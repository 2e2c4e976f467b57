// Runs Go, and says what to do when it cannot.
import { spawn } from "node:child_process";
import os from "node:os";
import readline from "node:readline";
import { modulesDir, neededGo } from "./versions.js";

/** A build that the user can mend: the message says what happened and what to do. */
export class BuildError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "BuildError";
  }
}

/**
 * Runs `go` in the modules' directory; rejects with a BuildError that ends with Go's own last words.
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, onLine?: (line: string) => void, signal?: AbortSignal, cwd?: string }} [options]
 * @returns {Promise<string>} what it wrote to stdout
 */
export function go(args, { env = {}, onLine, signal, cwd = modulesDir } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return void reject(signal.reason); // between two calls: nobody would end this one
    const child = spawn("go", args, {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      // HOME is where Go keeps modules; an environment without it (some CI) still has a home directory.
      env: { HOME: os.homedir(), ...process.env, GOWORK: "off", ...env },
    });
    // What is compiled is in the build cache, and the next run goes on from there; a compiler that is under way ends by itself.
    const stop = () => child.kill("SIGTERM");
    signal?.addEventListener("abort", stop, { once: true });
    let output = "";
    /** @type {string[]} */
    const said = [];
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
    readline.createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      onLine?.(line);
    });
    child.on("error", (error) => {
      const missing = /** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT";
      reject(missing ? new BuildError(noGo("Go is not installed (no `go` on PATH).")) : error);
    });
    child.on("exit", () => {
      if (signal?.aborted) reject(signal.reason); // without waiting for the streams, which a compiler may still hold
    });
    child.on("close", (code) => {
      signal?.removeEventListener("abort", stop);
      if (code === 0) resolve(output.trim());
      else reject(new BuildError(`\`go ${args[0]}\` failed:\n${said.slice(-12).join("\n")}`));
    });
  });
}

/**
 * Checks that a Go new enough is there or can be had; answers with its version ("go1.26.8").
 * @param {AbortSignal} [signal]
 */
export async function checkGo(signal) {
  // Outside the module Go answers with its own version; inside it first fetches the toolchain that go.mod asks for, where it may.
  const installed = await go(["env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" }, cwd: os.tmpdir(), ...(signal && { signal }) });
  try {
    return await go(["env", "GOVERSION"], signal ? { signal } : {});
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    const why = error.message.split("\n").at(-1);
    throw new BuildError(
      noGo(
        `Go ${neededGo()} or newer is needed; found ${installed || "a Go older than 1.21"}, and it could not fetch a newer one (${why}).`,
      ),
    );
  }
}

/** @param {string} what */
function noGo(what) {
  return [
    what,
    "The local control plane is built from source, once, with Go.",
    `  - Install Go ${neededGo()} or newer (https://go.dev/dl, or your package manager), then run this again; or`,
    "  - use a cluster you have (kind, minikube, any other): say --local --context NAME, with a name from `kubectl config get-contexts`; or",
    "  - go on without a cluster: `liftlock preview --local` and `liftlock render` need none.",
  ].join("\n");
}
