import type { Context } from "../context.ts";
import { promote as move, type PromoteOptions } from "../promotion/promote.ts";

export const promote = (context: Context, stacks: string[], options: PromoteOptions): Promise<number> =>
  move(context, stacks, "normal", options);
