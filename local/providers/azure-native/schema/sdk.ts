import { readFileSync } from "node:fs";
import type { ClassTypes, SdkTypes } from "./types.ts";

let loaded: SdkTypes | undefined;
/** The SDK's types as `write.ts` wrote them down; read when the first resource asks. */
export const sdk = (): SdkTypes => (loaded ??= JSON.parse(readFileSync(new URL("sdk.json", import.meta.url), "utf8")) as SdkTypes);

/** `azure-native:dbforpostgresql:Server` -> its inputs and outputs. */
export const typesOf = (type: string): ClassTypes | undefined =>
  type.startsWith("azure-native:") ? sdk().classes[type.slice("azure-native:".length)] : undefined;
