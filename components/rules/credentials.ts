/** Shapes of credentials that have no business in a settings file. Prefixes as their issuers document them. */
const shapes: [string, RegExp][] = [
  ["a URL with a password", /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["a GitHub token", /\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/],
  ["a GitLab token", /\bglpat-[A-Za-z0-9_-]{20,}/],
  ["an AWS access key", /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["an Azure account key", /\b(AccountKey|SharedAccessKey)=[A-Za-z0-9+/=]{20,}/],
  ["a shared access signature", /[?&]sig=[A-Za-z0-9%+/=]{20,}/],
  ["a Google API key", /\bAIza[A-Za-z0-9_-]{35}/],
  ["an OpenAI or Anthropic key", /\bsk-[A-Za-z0-9_-]{20,}/],
  ["a Stripe key", /\b[rs]k_(live|test)_[A-Za-z0-9]{16,}/],
  ["a Slack token", /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/],
  ["a SendGrid key", /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/],
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}/],
  ["a JSON Web Token", /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\./],
];

/** What a text looks like, if it looks like a credential. */
export const looksLikeCredential = (text: string): string | undefined => shapes.find(([, pattern]) => pattern.test(text))?.[0];

/** Paths of all texts in a value that look like credentials, and what they look like; keys count as texts too. */
export function findCredentials(value: unknown, path: readonly PropertyKey[] = []): { path: readonly PropertyKey[]; kind: string }[] {
  if (typeof value === "string") {
    const kind = looksLikeCredential(value);
    return kind === undefined ? [] : [{ path, kind }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => findCredentials(item, [...path, index]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => findCredentials(item, [...path, key]));
}
