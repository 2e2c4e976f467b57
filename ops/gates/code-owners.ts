import picomatch from "picomatch";

/** Where GitHub looks for the file, first found first. */
export const CODEOWNERS_FILES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;

export interface OwnerRule {
  readonly pattern: string;
  /** `@login`, `@organisation/team` or an e-mail address, in lower case; none: nobody owns it. */
  readonly owners: readonly string[];
}

const OWNER = /^(@[A-Za-z0-9-]+(\/[A-Za-z0-9_.-]+)?|[^@\s]+@[^@\s]+\.[^@\s]+)$/;

/**
 * Rules of a CODEOWNERS file, in its order, by GitHub's syntax: gitignore's patterns without negation (`!`) and ranges (`[ ]`), spaces
 * escaped by a backslash, `#` begins a comment. A line that is no rule is passed over, as GitHub does; so are the headings of sections (`[Docs]`),
 * which other hosts know. Source: docs.github.com, "About code owners".
 */
export function parseCodeOwners(text: string): OwnerRule[] {
  return text.split(/\r?\n/).flatMap((line): OwnerRule[] => {
    const [pattern, ...rest] = words(line);
    if (pattern === undefined || /^[!^]|[[\]]/.test(pattern)) return [];
    return rest.every((owner) => OWNER.test(owner)) ? [{ pattern, owners: rest.map((owner) => owner.toLowerCase()) }] : [];
  });
}

/** Split at white space that is not escaped, up to a comment. */
function words(line: string): string[] {
  const found = line.match(/(?:\\.|[^\s\\])+/g) ?? [];
  const comment = found.findIndex((word) => word.startsWith("#"));
  return (comment < 0 ? found : found.slice(0, comment)).map((word) => word.replace(/\\([\s\\])/g, "$1"));
}

/** Who owns a path: the owners of the last rule that matches it, nobody when that rule names nobody or none matches. */
export function ownersOf(rules: readonly OwnerRule[]): (path: string) => readonly string[] {
  const matchers = rules.map(({ pattern, owners }) => ({ owners, matches: matcherOf(pattern) })).reverse();
  return (path) => matchers.find(({ matches }) => matches(path))?.owners ?? [];
}

/**
 * A slash at the beginning or within a pattern ties it to the repository's root, otherwise it matches at any depth. One that names a folder
 * (`apps/`, `apps`) owns all below it; `docs/*` owns the files in that folder only.
 */
function matcherOf(pattern: string): (path: string) => boolean {
  const body = pattern.replace(/^\//, "").replace(/\/$/, "");
  const anchored = pattern.startsWith("/") || body.includes("/");
  const own = anchored ? body : `**/${body}`;
  const isFolder = pattern.endsWith("/");
  // What ends in a star is about names within a folder, not about what lies deeper.
  const deep = isFolder || (!/\*$/.test(body) && !pattern.includes("*.")) || body === "*" || body.endsWith("**");
  const globs = [...(isFolder ? [] : [own]), ...(deep ? [`${own}/**`] : [])];
  return picomatch(globs, { dot: true, nobrace: true, noextglob: true, nobracket: true });
}
