import { isRecord, type Json } from "../report/diff.ts";

interface Row {
  readonly path: string;
  readonly shape: string;
  readonly fallback: string;
  readonly meaning: string;
}

const HEAD = `# Settings

Made from the schemas that the program itself checks with (\`npm run docs\`). Keys that are not listed here are refused. \`<name>\` stands for a name
of your own, \`[]\` for each entry of a list. A dash as default means that the key may be left out.
`;

/** The reference of all settings, from the JSON Schemas of the settings files. */
export function settingsReference(schemas: { project: Json; stack: Json }): string {
  const application = dig(schemas.project, ["properties", "config", "properties", "application", "properties", "value"]);
  const parts = dig(schemas.stack, ["properties", "config", "patternProperties"]);
  const [environment, release, rollout, platform] = ["environment", "release", "rollout", "platform"].map((name) => {
    const key = Object.keys(parts).find((pattern) => pattern.includes(`:${name}$`));
    return dig(parts, [key ?? name]);
  });
  return [
    HEAD,
    section("`application` in Pulumi.yaml: what is the same in every environment", application),
    section("`environment` in Pulumi.<stack>.yaml: what differs", environment!),
    section("`release` in Pulumi.<stack>.yaml: what a promotion changes", release!),
    section("`rollout` in Pulumi.<stack>.yaml: where services with two colours stand; Liftlock writes it", rollout!),
    section("`platform` in Pulumi.<stack>.yaml: what environments share, in a stack of its own", platform!),
    "## Secrets\n\nEvery key that `application.secrets` declares is a key of its own in the stack file, encrypted: `pulumi config set --secret NAME --stack STACK`.\nWith `--local` a value is made up for each; none has to be set.\n",
  ].join("\n");
}

function dig(schema: Json, path: readonly string[]): Json {
  return path.reduce<Json>((at, key) => {
    const next = at[key];
    if (!isRecord(next)) throw new Error(`the schema has no ${key}`);
    return next;
  }, schema);
}

function section(title: string, schema: Json): string {
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  const rows = rowsOf(schema, "").map(
    ({ path, shape, fallback, meaning }) => `| \`${path}\` | ${cell(shape)} | ${cell(fallback)} | ${cell(meaning)} |`,
  );
  return `## ${title}\n\n| key | value | default | meaning |\n| --- | --- | --- | --- |\n${unique(rows).join("\n")}\n`;
}

/** One row a key, those of nested objects below it. Alternatives of one key stand one after the other. */
function rowsOf(schema: Json, path: string): Row[] {
  const rows: Row[] = [];
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  for (const [key, value] of Object.entries(isRecord(schema.properties) ? schema.properties : {})) {
    if (!isRecord(value)) continue;
    const at = path === "" ? key : `${path}.${key}`;
    const fallback = "default" in value ? `\`${JSON.stringify(value.default)}\`` : required.has(key) ? "required" : "–";
    rows.push(
      { path: at, shape: shapeOf(value), fallback, meaning: typeof value.description === "string" ? value.description : "" },
      ...rowsOf(value, at),
    );
  }
  if (isRecord(schema.additionalProperties)) rows.push(...rowsOf(schema.additionalProperties, `${path}.<name>`));
  if (isRecord(schema.items)) rows.push(...rowsOf(schema.items, `${path}[]`));
  for (const choice of alternatives(schema)) rows.push(...rowsOf(choice, path));
  return rows;
}

const alternatives = (schema: Json): Json[] =>
  [schema.anyOf, schema.oneOf].flatMap((list) => (Array.isArray(list) ? list.filter(isRecord) : []));

function shapeOf(schema: Json): string {
  const choices = alternatives(schema);
  if (choices.length > 0) return unique(choices.map(shapeOf)).join(" or ");
  if ("const" in schema) return `\`${schema.const}\``;
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.type === "array") return `list of ${isRecord(schema.items) ? shapeOf(schema.items) : "values"}`;
  if (schema.type === "object") return isRecord(schema.additionalProperties) ? `map to ${shapeOf(schema.additionalProperties)}` : "object";
  if (schema.type === "integer") return `whole number${range(schema)}`;
  if (schema.type === "number") return `number${range(schema)}`;
  if (schema.type === "boolean") return "`true` or `false`";
  return "text";
}

function range({ minimum, maximum }: Json): string {
  const top = typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  const bottom = typeof minimum === "number" && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  if (bottom !== undefined && top !== undefined) return ` from ${bottom} to ${top}`;
  if (bottom !== undefined) return ` from ${bottom}`;
  return top === undefined ? "" : ` up to ${top}`;
}

const unique = (items: readonly string[]): string[] => [...new Set(items)];
