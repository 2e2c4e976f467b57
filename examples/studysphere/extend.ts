import type { Extension } from "../../components/extension.ts";

/** Resources that only StudySphere has: none so far. */
export const extend: Extension = () => ({});
