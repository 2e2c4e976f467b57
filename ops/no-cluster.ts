import { UserError } from "./user-error.ts";

/** Where a command is about what runs, and no cluster can be asked: why, and what to do. */
export const noCluster = (stack: string, unasked: string | undefined, command: string): UserError =>
  new UserError(
    unasked === undefined
      ? `No cluster of ${stack} can be asked. The local one is started by: ${command} local start`
      : `The cluster of ${stack} cannot be asked: ${unasked}.`,
  );
