import { mkdir, writeFile } from "node:fs/promises";

import { schemas } from "./schemas.ts";

// `npm run schemas`: writes schemas/*.json, which are committed; a test says when they are stale.
const folder = new URL("../../schemas/", import.meta.url);
await mkdir(folder, { recursive: true });
for (const [file, schema] of Object.entries(schemas())) {
  await writeFile(new URL(file, folder), `${JSON.stringify(schema, null, 2)}\n`);
}
