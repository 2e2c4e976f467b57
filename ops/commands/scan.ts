import { type Context, EXIT } from "../context.ts";
import { count } from "../report/text.ts";
import { addedSince, filesOf, ignored, rootOf, textOf } from "../scan/files.ts";
import { type Finding, lintText } from "../scan/lint.ts";

/** Looks for credentials in what is committed, or could be with the next commit. */
export async function scan(context: Context, named: string[], options: { since?: string }): Promise<number> {
  const { io } = context;
  const root = await rootOf(io.cwd);
  const skip = await ignored(root);
  const findings: Finding[] = [];
  const files = (await filesOf(root, named)).filter((file) => !skip(file));
  for (const file of files) {
    const read = await textOf(root, file);
    if (read !== undefined) findings.push(...(await lintText(read.name, read.text)));
  }
  const added = options.since === undefined ? [] : (await addedSince(root, options.since)).filter(({ file }) => !skip(file));
  for (const { name, text } of added) findings.push(...(await lintText(name, text)));

  if (context.options.json) io.out(JSON.stringify(findings, null, 2));
  else {
    for (const { file, line, kind } of findings) io.out(`${io.colors.red(`${file}:${line}`)}  ${kind}`);
    const looked = `${count(files.length, "file")}${options.since === undefined ? "" : `, and what commits since ${options.since} added`}`;
    if (findings.length === 0) context.say(`${looked}: nothing that looks like a credential.`);
    else {
      context.say(`${looked}: ${count(findings.length, "credential")}, or what looks like one.`);
      context.say(
        "Change each at its issuer first, since git has seen it; then take it out. What is none: name its file in .secretlintignore.",
      );
    }
  }
  return findings.length === 0 ? EXIT.done : EXIT.failed;
}
