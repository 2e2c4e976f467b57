import type { Extension } from "../../components/extension.ts";

/** Resources that only this team has: none so far. */
export const extend: Extension = () => ({});
