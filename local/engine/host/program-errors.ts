import { stripVTControlCharacters } from "node:util";

/**
 * What the SDK logs for an uncaught error, made readable: a `RunError` comes as its text alone and stays as it is; of any other
 * error's stack only the frames in the project's own files remain, as paths relative to it.
 */
export function readableError(message: string, projectDir: string): string {
  const lines = stripVTControlCharacters(message)
    .replace(/^<ref \*\d+> /gm, "")
    .split("\n");
  const kept = lines.filter((line) => !isFrame(line) || isOwnFrame(line, projectDir));
  const text = kept.join("\n").replaceAll(`file://${projectDir}/`, "").replaceAll(`${projectDir}/`, "").trim();
  return text.replace(/^Running program '.*' failed with an unhandled exception:\n/, "the program failed: ");
}

const isFrame = (line: string): boolean => /^\s+at .*(?::\d+:\d+\)?|\(<anonymous>\)|\(native\))$/.test(line);
const isOwnFrame = (line: string, projectDir: string): boolean =>
  line.includes(projectDir) && !line.includes("/node_modules/") && !line.includes("node:internal");
