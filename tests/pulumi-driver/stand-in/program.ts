import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { createEmbeddedEngine } from "../../../local/engine/embedded.ts";
import { type Provider, ProviderError, type ProviderFactory } from "../../../local/engine/provider.ts";
import { kubernetesFactory } from "../../../local/providers/kubernetes/index.ts";
import type { EngineEvent, ImportSpec, RunOptions, RunResult } from "../../../ops/engine.ts";
import { free } from "./locks.ts";
import type { Running } from "./run.ts";
import { dropPending, writeHistory } from "./state.ts";

/** Executes the program itself, on the cluster of STAND_IN_KUBECONFIG. */
export async function runProgram({ place, command, values, changes, stream, interrupted }: Running): Promise<number> {
  const kubeconfig = process.env.STAND_IN_KUBECONFIG;
  const engine = await createEmbeddedEngine({
    projectDir: place.dir,
    stack: place.stack,
    backendDir: place.backendDir,
    passphrase: place.passphrase,
    providers: [patient(kubernetesFactory(kubeconfig === undefined ? { kind: "offline" } : { kind: "cluster", kubeconfig }))],
    allowForeign: true,
  });
  const options: RunOptions = {
    onEvent: (event: EngineEvent) => stream.send(event),
    ...(values.refresh ? { refresh: true } : {}),
    ...(values.target ? { targets: values.target } : {}),
    ...(values.message ? { message: values.message } : {}),
    ...(values["config-file"] ? { configuration: configurationIn(values["config-file"]) } : {}),
  };
  const ended = (async (): Promise<RunResult> => {
    if (command === "preview") return engine.preview(options);
    if (command === "up") return engine.up(options);
    if (command === "import") return engine.import({ ...options, resources: importsIn(values.file!) });
    const previewOnly = values["preview-only"] ?? false;
    return command === "refresh" ? engine.refresh({ ...options, previewOnly }) : engine.destroy({ ...options, previewOnly });
  })();
  const result = await Promise.race([ended, interrupted]);
  if (result !== undefined) return result.result === "succeeded" ? 0 : 1;
  // The real one ends at once; nothing of what it had begun gets into its state.
  stream.send({ diagnosticEvent: { prefix: "error: ", message: "update canceled\n", color: "never", severity: "error" } });
  stream.send({ summaryEvent: { maybeCorrupt: false, durationSeconds: 0, resourceChanges: {}, PolicyPacks: {}, result: "failed" } });
  if (changes) {
    dropPending(place);
    free(place);
    await writeHistory(place, command, "failed", values);
  }
  process.stderr.write("error: update canceled\n");
  await stream.end();
  return leave();
}

/** The engine inside still works: nothing of it may be written any more. */
function leave(): never {
  process.exit(1);
}

/** The file that `pulumi import --file` is given; a parent is a name of its table. */
function importsIn(file: string): ImportSpec[] {
  const { nameTable = {}, resources } = JSON.parse(readFileSync(file, "utf8")) as {
    nameTable?: Record<string, string>;
    resources: ImportSpec[];
  };
  return resources.map(({ type, name, id, parent }) => ({ type, name, id, ...(parent ? { parent: nameTable[parent]! } : {}) }));
}

function configurationIn(file: string): NonNullable<RunOptions["configuration"]> {
  const { config = {} } = parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (typeof value !== "object" || value === null) return [key, { value: String(value), secret: false }];
      if (Object.hasOwn(value, "secure")) return [key, { secret: true }];
      return [key, { value: JSON.stringify(value), objectValue: value, secret: false }];
    }),
  );
}

/** As the real provider waits: what the cluster reports ends nothing before its time. */
function patient(factory: ProviderFactory): ProviderFactory {
  return {
    ...factory,
    configure: async (...args) => {
      const provider = await factory.configure(...args);
      return { ...provider, create: waiting(provider.create), update: waiting(provider.update) } satisfies Provider;
    },
  };
}

const PATIENCE_MS = 60_000;

const waiting =
  <Request extends { log(severity: string, message: string): void }, Result>(call: (request: Request) => Promise<Result>) =>
  (request: Request): Promise<Result> => {
    const log = (severity: string, message: string) => severity !== "report" && request.log(severity, message);
    return call({ ...request, log }).catch(async (error: unknown) => {
      if (!(error instanceof ProviderError) || error.partial === undefined) throw error;
      await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
      throw error;
    });
  };
