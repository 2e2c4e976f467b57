/** Names and marks by which a pull request of ours is known again. */
export type Way = "promote" | "rollback";

/** `promote/production-1.5.0`: a lane that every protected branch takes merges from. */
export const branchOf = (way: Way, stack: string, version: string): string =>
  `${way}/${stack}-${version}`.replace(/[^A-Za-z0-9._/-]/g, "-");

export const isBranchOf = (ref: string, stack: string): boolean =>
  ref.startsWith(`promote/${stack}-`) || ref.startsWith(`rollback/${stack}-`);

/** Trailer of the commit: who asked an automation for it. It is part of what is approved; a pull request's text can be edited. */
const TRAILER = "Requested-by";
export const withRequester = (message: string, requester: string | undefined): string =>
  requester === undefined ? message : `${message}\n\n${TRAILER}: ${requester.replace(/\s+/g, " ")}`;
export const requestersIn = (message: string): string[] =>
  [...message.matchAll(new RegExp(`^${TRAILER}: (.+)$`, "gim"))].map(([, who]) => who!.trim());
