import { UserError } from "../../ops/user-error.ts";
import { hostProgram } from "./host/hosted-program.ts";
import { loadProject, loadStackConfig, programFile } from "./project.ts";
import type { ProviderFactory } from "./provider.ts";
import { type RenderedResource, RenderHandler } from "./render-handler.ts";
import type { StackConfig } from "./state.ts";

export type { RenderedResource } from "./render-handler.ts";

export interface RenderOptions {
  projectDir: string;
  stack: string;
  providers: ProviderFactory[];
  /** Full keys to values that go over the stack's own. */
  extraConfig?: StackConfig;
}

/**
 * What a program declares for a stack, in the order it declares it: no state, no passphrase, no cluster. Values read from
 * `secure:` configuration are `Secret("[secret]")`. Throws a UserError with everything the program reported when it fails.
 */
export async function renderProgram(options: RenderOptions): Promise<RenderedResource[]> {
  const project = await loadProject(options.projectDir);
  const config = await loadStackConfig(project, options.stack, undefined, options.extraConfig);
  const handler = new RenderHandler({ project: project.name, stack: options.stack, providers: options.providers });
  try {
    const program = await hostProgram({
      projectDir: project.dir,
      file: programFile(project),
      project: project.name,
      stack: options.stack,
      config,
      preview: true,
      parallel: 16,
      handler,
    });
    const failure = await Promise.race([handler.failed, program.ended.then(({ failed }) => failed)]);
    await program.stop();
    if (failure !== false) throw new UserError(handler.errors.join("\n") || `the program of stack "${options.stack}" failed`);
    return handler.resources;
  } finally {
    await handler.close();
  }
}
