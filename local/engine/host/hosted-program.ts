import type { ProgramHandler } from "../registration.ts";
import { exitAfterLoggedError, type ProgramOptions, type RunningProgram, startProgram } from "./program.ts";
import { readableError } from "./program-errors.ts";
import { startProtocolHost } from "./server.ts";

/** A program and who answers it; the address and the program's lines are ours to settle. */
export interface HostedProgramOptions extends Omit<ProgramOptions, "address" | "onLine"> {
  handler: ProgramHandler;
}

export interface HostedProgram {
  /** Settles once the program has declared all it has to, or ended before that. It stays there to answer its hooks. */
  readonly declared: Promise<{ failed: boolean }>;
  /** Its hooks are needed no more: it may end. */
  release(): void;
  /** Settles when the process is gone. `failed` is false only when it ended by itself, well, and logged no error. */
  readonly ended: Promise<{ failed: boolean }>;
  stop(): Promise<void>;
}

/** Runs a program against a handler: server, process, and what it prints and logs (handed on as log messages). */
export async function hostProgram(options: HostedProgramOptions): Promise<HostedProgram> {
  const { handler } = options;
  let errors = 0;
  let stopped = false;
  const lastLines: string[] = [];
  const seen = new Set<string>();
  const logging: ProgramHandler = {
    register: (registration) => handler.register(registration),
    registerOutputs: (urn, outputs) => handler.registerOutputs(urn, outputs),
    read: (request) => handler.read(request),
    invoke: (request) => handler.invoke(request),
    exists: (request) => handler.exists(request),
    registerHook: (hook) => handler.registerHook(hook),
    registerErrorHook: (hook) => handler.registerErrorHook(hook),
    log: (message) => {
      if (message.severity !== "error") return handler.log(message);
      errors++;
      const text = readableError(message.message, options.projectDir);
      // The SDK reports a rejection once for every promise it passes through.
      if (!seen.has(text)) handler.log({ ...message, message: text });
      seen.add(text);
    },
  };
  const saidAll = Promise.withResolvers<{ failed: boolean }>();
  const released = Promise.withResolvers<void>();
  const declared = () => {
    saidAll.resolve({ failed: errors > 0 });
    return released.promise;
  };
  const host = await startProtocolHost({ ...options, handler: logging, declared });
  let program: RunningProgram;
  try {
    program = startProgram({
      ...options,
      address: host.address,
      onLine: (stream, line) => {
        if (stream === "stderr") lastLines.splice(0, Math.max(0, lastLines.length - 9), line);
        handler.log({ severity: "info", message: line, ephemeral: false });
      },
    });
  } catch (error) {
    host.close();
    throw error;
  }
  const ended = program.exited
    .then(({ code, signal }) => {
      const failed = code !== 0 || errors > 0;
      if (!stopped && errors === 0 && failed && code !== exitAfterLoggedError) {
        const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
        handler.log({ severity: "error", message: [`the program ended with ${how}`, ...lastLines].join("\n"), ephemeral: false });
      }
      return { failed };
    })
    .finally(() => host.close());
  ended.catch(() => {});
  ended.then(saidAll.resolve, saidAll.reject);
  saidAll.promise.catch(() => {});
  return {
    declared: saidAll.promise,
    release: released.resolve,
    ended,
    stop: async () => {
      stopped = true;
      await program.stop();
    },
  };
}
