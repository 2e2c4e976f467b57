import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, onTestFinished } from "vitest";
import { openBackend } from "../../local/engine/backend/index.ts";
import type { ResourceState, Snapshot, StackBackend } from "../../local/engine/state.ts";
import type { PropertyMap } from "../../local/engine/values.ts";

export const REFERENCE = path.join(import.meta.dirname, "reference");
export const PASSPHRASE = "correct horse";

/** A folder that goes when the test ends. */
export function temporaryDir(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-backend-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export const checkpointFile = (backendDir: string, project = "p", stack = "dev"): string =>
  path.join(backendDir, ".pulumi", "stacks", project, `${stack}.json`);

/** A backend that holds one recorded checkpoint of the Pulumi CLI; passphrases are the projects' names. */
export async function recorded(
  project: string,
  name: string,
  stack = "dev",
  dir = temporaryDir(),
): Promise<{ backend: StackBackend; dir: string; file: string }> {
  const file = checkpointFile(dir, project, stack);
  mkdirSync(path.dirname(file), { recursive: true });
  copyFileSync(path.join(REFERENCE, project, `${name}.state.json`), file);
  chmodSync(file, 0o600);
  return { backend: await openBackend({ backendDir: dir, project, stack, passphrase: project, allowForeign: true }), dir, file };
}

export const open = (backendDir: string, options: { passphrase?: string; stack?: string } = {}): Promise<StackBackend> =>
  openBackend({ backendDir, project: "p", stack: options.stack ?? "dev", passphrase: options.passphrase ?? PASSPHRASE });

let template: { dir: string; made: Promise<void> } | undefined;
afterAll(() => {
  if (template !== undefined) rmSync(template.dir, { recursive: true, force: true });
});

/** A folder with an empty stack. Made once a test file, since deriving a new stack's key takes a while, and then copied. */
export async function worldWithStack(): Promise<string> {
  if (template === undefined) {
    const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-backend-"));
    template = { dir, made: open(dir).then((backend) => backend.save(snapshot())) };
  }
  await template.made;
  const dir = temporaryDir();
  cpSync(template.dir, dir, { recursive: true });
  return dir;
}

export const STACK_URN = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev";

export const stackResource = (outputs: PropertyMap = {}): ResourceState => ({
  urn: STACK_URN,
  custom: false,
  type: "pulumi:pulumi:Stack",
  inputs: {},
  outputs,
});

export const resource = (name: string, more: Partial<ResourceState> = {}): ResourceState => ({
  urn: `urn:pulumi:dev::p::test:index:Thing::${name}`,
  custom: true,
  id: name,
  type: "test:index:Thing",
  inputs: {},
  outputs: {},
  parent: STACK_URN,
  ...more,
});

export const snapshot = (...resources: ResourceState[]): Snapshot => ({
  resources: [stackResource(), ...resources],
  pendingOperations: [],
});

/** Every file under a folder: path and text. */
export function filesUnder(dir: string): { file: string; text: string }[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({ file, text: readFileSync(file, "utf8") }));
}

/** The message of the error that a promise rejects with. */
export const refusal = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => {
      throw new Error("it was accepted");
    },
    (error: Error) => error,
  );
