import picomatch from "picomatch";

export interface OwnerLine {
  line: number;
  pattern: string;
  owners: string[];
}
/** Where GitHub looks for the file, in this order. */
export const CODEOWNERS_PATHS = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

export function parseOwners(text: string): OwnerLine[] {
  return text.split("\n").flatMap((raw, index) => {
    const [pattern, ...owners] = raw
      .replace(/(^|\s)#.*$/, "")
      .trim()
      .split(/\s+/);
    return pattern ? [{ line: index + 1, pattern, owners }] : [];
  });
}

/** Owners of a file: those of the last line that matches it. */
export function ownersOf(lines: readonly OwnerLine[], file: string): string[] {
  return lines.findLast(({ pattern }) => matches(pattern, file))?.owners ?? [];
}

/** As .gitignore's patterns, without negation and character ranges (docs: "About code owners"). */
function matches(pattern: string, file: string): boolean {
  const anchored = pattern.replace(/\/$/, "").includes("/");
  const body = pattern.replace(/^\//, "");
  const base = anchored ? body : `**/${body}`;
  const globs = body.endsWith("/") ? [`${base}**`] : /\/\*$/.test(body) ? [base] : [base, `${base}/**`];
  return picomatch.isMatch(file, globs, { dot: true, nonegate: true, nobrace: true, noextglob: true });
}
