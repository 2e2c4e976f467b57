/** GitHub's limit for descriptions of statuses, in characters. */
const LONGEST = 140;

/** One line that GitHub takes. */
export function cut(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  const characters = [...line];
  return characters.length <= LONGEST ? line : `${characters.slice(0, LONGEST - 1).join("")}…`;
}
