/**
 * Images that misbehave on purpose in the local world, so that failures can be shown and tested. Nothing is pulled or run there, so what an image "does"
 * is decided by its text: a word in its repository or tag, or, for images pinned by digest, how the digest begins.
 *
 * | kind    | word in repository or tag | digest begins with | as a service                                | as a Job                      |
 * | ------- | ------------------------- | ------------------ | ------------------------------------------- | ----------------------------- |
 * | pull    | `misbehaves-pull`         | `sha256:bad00001`  | ErrImagePull, then ImagePullBackOff         | the same                      |
 * | crash   | `misbehaves-crash`        | `sha256:bad00002`  | starts, exits with 1 after a second, again and again: CrashLoopBackOff, restarts rise | completes |
 * | fail    | `misbehaves-fail`         | `sha256:bad00003`  | runs                                        | exits with 1 after a second   |
 * | unready | `misbehaves-unready`      | `sha256:bad00004`  | runs, never ready                           | completes                     |
 * | slow    | `misbehaves-slow[-N]`     | `sha256:bad00005`  | runs, ready after N seconds (20)            | completes after N seconds     |
 *
 * A word counts as a whole: `team/misbehaves-crash/api@sha256:…`, `api:misbehaves-crash`, `api:1.4.0-misbehaves-crash@sha256:…` do, `misbehaves-crashes`
 * does not. Any container counts, an init container too (pull, crash). One image may carry several words. Crash and fail differ in where they
 * strike, so that one image can pass its migration and then break its rollout, or the other way round.
 *
 * Two images of recordings made elsewhere behave as they did there: `nginx:does-not-exist` (pull) and `busybox:fails` (fail).
 */
export const misbehaviours = {
  pull: { word: "misbehaves-pull", digest: "sha256:bad00001", also: "nginx:does-not-exist" },
  crash: { word: "misbehaves-crash", digest: "sha256:bad00002" },
  fail: { word: "misbehaves-fail", digest: "sha256:bad00003", also: "busybox:fails" },
  unready: { word: "misbehaves-unready", digest: "sha256:bad00004" },
  slow: { word: "misbehaves-slow", digest: "sha256:bad00005" },
} as const satisfies Record<string, { word: string; digest: string; also?: string }>;

export type Misbehaviour = keyof typeof misbehaviours;

/** Seconds until a slow image that names no number is ready. */
export const slowSeconds = 20;

/** Matches an image that misbehaves so. RE2 syntax, the same in Go templates, in jq and in JavaScript; holds no quote and no backslash. */
export function imagePattern(kind: Misbehaviour): string {
  const { word, digest, ...rest } = misbehaviours[kind];
  const alternatives = [`(^|[/:._-])${word}([/:@._-]|$)`, `@${digest}`];
  if ("also" in rest) alternatives.push(`(^|/)${rest.also}(@|$)`);
  return alternatives.join("|");
}
