import type { Engine } from "../../ops/engine.ts";
import { openBackend } from "./backend/index.ts";
import { EmbeddedEngine, type EmbeddedOptions } from "./embedded-engine.ts";
import { loadProject } from "./project.ts";

export type { EmbeddedOptions } from "./embedded-engine.ts";
export { declaredSnapshot, type OfflineOptions, previewFrom } from "./offline-preview.ts";
export { type RenderedResource, type RenderOptions, renderProgram } from "./render.ts";

/** The engine of the local world for one stack. Reads the project; starts nothing. */
export async function createEmbeddedEngine(options: EmbeddedOptions): Promise<Engine> {
  const project = await loadProject(options.projectDir);
  const { backendDir, passphrase, stack, allowForeign, journalFrom } = options;
  const backend = await openBackend({ backendDir, passphrase, stack, allowForeign, journalFrom, project: project.name });
  return new EmbeddedEngine(options, project, backend);
}
