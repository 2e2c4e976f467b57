import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Layout } from "./layout.ts";

const port = z.int().min(1).max(65_535);

const schema = z.object({
  /** Version set that its programs are of. */
  key: z.string(),
  ports: z.object({ etcd: port, etcdPeer: port, apiserver: port }),
  /** Counts the starts of kwok: each hands out pod addresses of a range of its own. */
  kwokStarts: z.int().min(0),
  /** ISO 8601, of the API server's last start. */
  startedAt: z.string(),
});

/** What a control plane must be found again by, besides its processes. */
export type ControlPlaneRecord = z.infer<typeof schema>;

/** Undefined when there is none, or when it is damaged: the control plane is then started anew on its data. */
export function readRecord(layout: Layout): ControlPlaneRecord | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(layout.record, "utf8")));
  } catch {
    return undefined;
  }
}

export function writeRecord(layout: Layout, record: ControlPlaneRecord): void {
  const file = `${layout.record}.new`;
  writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(file, layout.record);
}
