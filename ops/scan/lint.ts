import { lintSource } from "@secretlint/core";
import { creator as recommended, rules } from "@secretlint/secretlint-rule-preset-recommend";
import { looksLikeCredential } from "../../components/rules/credentials.ts";

/** Something that looks like a credential. Says where and what kind, never the value. */
export interface Finding {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Such as `a GitHub token`. */
  readonly kind: string;
}

const options = {
  config: {
    rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: recommended, rules: rules.map(({ meta: { id } }) => ({ id })) }],
  },
  maskSecrets: true,
  noPhysicFilePath: true,
} as unknown as Parameters<typeof lintSource>[0]["options"];

/** Shapes that settings are refused for and programs are full of: the header of a key, a URL put together. Secretlint looks closer. */
const LOOSE = new Set(["a URL with a password", "a private key"]);

/** What in a text looks like a credential: secretlint's recommended rules, and the shapes that settings are refused for. */
export async function lintText(file: string, text: string): Promise<Finding[]> {
  const found = new Map<string, Finding>();
  const add = (line: number, kind: string) => {
    if (!found.has(`${line}`)) found.set(`${line}`, { file, line, kind });
  };
  text.split("\n").forEach((line, index) => {
    const kind = looksLikeCredential(line);
    if (kind !== undefined && !LOOSE.has(kind)) add(index + 1, kind);
  });
  const source = { filePath: file, content: text, ext: "", contentType: "text" as const };
  const { messages } = await lintSource({ source, options });
  for (const { loc, ruleId, messageId } of messages)
    add(loc.start.line, `${ruleId.replace(/^@secretlint\/secretlint-rule-/, "")}: ${messageId}`);
  return [...found.values()].sort((a, b) => a.line - b.line);
}
