/** What differs from run to run, in one word each: times, durations, ids, digests, generated ends of names. */
export function normalised(line: string): string {
  return line
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z/g, "TIME")
    .replace(/\b\d+(\.\d+)? (ms|s|min|h)\b/g, "DURATION")
    .replace(/\b([a-z]+)-[0-9a-z]{6,10}-[0-9a-z]{5}\b/g, "$1-POD")
    .replace(/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/g, "ID")
    .replace(/\s+/g, " ")
    .trim();
}

/** The first shown line that was not printed after those before it; undefined when all were, in this order. `…` stands for anything. */
export function notPrinted(shown: string, printed: string): string | undefined {
  const lines = printed.split("\n").map(normalised);
  let from = 0;
  for (const line of shown.split("\n").filter((text) => text.trim() !== "")) {
    const parts = normalised(line)
      .split("…")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const expected = new RegExp(`^${parts.join(".*")}$`);
    const found = lines.findIndex((text, index) => index >= from && expected.test(text));
    if (found < 0) return line;
    from = found + 1;
  }
  return undefined;
}
