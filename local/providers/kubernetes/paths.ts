/** A path into an object: map keys as texts, list indices as numbers. */
export type Path = readonly (string | number)[];

/** As Pulumi writes property paths: `spec.containers[0].image`, `metadata.labels["app.kubernetes.io/name"]`. */
export function renderPath(path: Path): string {
  let text = "";
  for (const segment of path) {
    if (typeof segment === "number") text += `[${segment}]`;
    else if (/[."[\]]/.test(segment)) text += `["${segment.replaceAll('"', '\\"')}"]`;
    else text += text === "" ? segment : `.${segment}`;
  }
  return text;
}

const TOKEN = /^(?:\.?([^.[\]"]+)|\[(\d+|\*)\]|\.?\["((?:[^"\\]|\\.)*)"\])/;

/** The inverse of `renderPath`; "*" is kept as a wildcard. A path that is none matches nothing. */
export function parsePath(text: string): Path {
  const path: (string | number)[] = [];
  let rest = text;
  while (rest !== "") {
    const token = TOKEN.exec(rest);
    if (token === null) return ["\0"];
    const [all, key, index, quoted] = token;
    if (key !== undefined) path.push(key);
    else if (index !== undefined) path.push(index === "*" ? "*" : Number(index));
    else path.push((quoted ?? "").replaceAll('\\"', '"'));
    rest = rest.slice(all.length);
  }
  return path;
}

/** Is `path` at or below `prefix`? */
export const isWithin = (path: Path, prefix: Path): boolean =>
  prefix.length <= path.length && prefix.every((segment, i) => segment === "*" || segment === path[i]);
