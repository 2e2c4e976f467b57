import type { StackBackend } from "../state.ts";
import { type BackendOptions, FileStackBackend } from "./file-backend.ts";

export { type Crypter, passphraseCrypter, WrongPassphrase } from "./crypter.ts";
export type { BackendOptions } from "./file-backend.ts";

/** Opens a stack of a file backend. Reads and writes nothing yet. */
export async function openBackend(options: BackendOptions): Promise<StackBackend> {
  return new FileStackBackend(options);
}
