import Table from "cli-table3";

/** A table without lines, as command-line tools print them. */
export function printTable(
  say: (line: string) => void,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  indent = "  ",
): void {
  const none = Object.fromEntries(
    [
      "top",
      "top-mid",
      "top-left",
      "top-right",
      "bottom",
      "bottom-mid",
      "bottom-left",
      "bottom-right",
      "left",
      "left-mid",
      "mid",
      "mid-mid",
      "right",
      "right-mid",
      "middle",
    ].map((part) => [part, ""]),
  );
  const table = new Table({ chars: none, style: { head: [], border: [], "padding-left": 0, "padding-right": 2 } });
  table.push([...head], ...rows.map((row) => [...row]));
  for (const line of table.toString().split("\n")) say(`${indent}${line.trimEnd()}`);
}
