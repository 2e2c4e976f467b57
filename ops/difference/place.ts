import path from "node:path";
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import type { StackFile } from "../promotion/stack-file.ts";

/** Where a setting stands: `Pulumi.staging.yaml:12`. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Finds the lines of a stack file's settings. A setting that is not there has the place of the nearest mapping above it, if any. */
export function placesIn({ file, text }: StackFile, project: string): (part: string, setting: readonly string[]) => Place | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const config = document.get("config", true);
  return (part, setting) => {
    const root = isMap(config) ? pairOf(config, `${project}:${part}`, part) : undefined;
    let at: Pair | Node | undefined = root;
    for (const step of setting) {
      const value: unknown = isPair(at) ? at.value : at;
      const next: Pair | Node | undefined = isMap(value)
        ? pairOf(value, step)
        : isSeq(value)
          ? (value.items[Number(step)] as Node)
          : undefined;
      if (next === undefined) break;
      at = next;
    }
    const offset = isPair(at) ? (at.key as Node).range?.[0] : (at as Node | undefined)?.range?.[0];
    return offset === undefined ? undefined : { file: path.basename(file), line: lines.linePos(offset).line };
  };
}

const pairOf = (map: { items: Pair[] }, ...names: string[]): Pair | undefined =>
  map.items.find(({ key }) => isScalar(key) && names.includes(String(key.value)));
