import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { type StackLayout, stackLayout } from "../../../local/engine/backend/layout.ts";

export interface Place extends StackLayout {
  readonly dir: string;
  readonly backendDir: string;
  readonly passphrase: string;
}

/** The project is where the CLI was started; the backend is a folder. */
export function placeOf(stack: string): Place {
  const { PULUMI_BACKEND_URL: url, PULUMI_CONFIG_PASSPHRASE: passphrase } = process.env;
  if (url === undefined) throw new Error("PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions");
  const backendDir = fileURLToPath(url);
  const { name } = parse(readFileSync(path.join(process.cwd(), "Pulumi.yaml"), "utf8")) as { name: string };
  return { ...stackLayout(backendDir, name, stack || "none"), dir: process.cwd(), backendDir, passphrase: passphrase ?? "" };
}

export function needPassphrase(): void {
  if (process.env.PULUMI_CONFIG_PASSPHRASE !== undefined) return;
  throw new Error("passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables");
}
