/** One line of `liftlock doctor`. */
export interface Finding {
  readonly name: string;
  /** What is there; undefined: it is missing, or of no use as it is. */
  readonly version: string | undefined;
  /** What it is for; when something is wrong with it, what to do. */
  readonly needed: string;
  readonly required: boolean;
}

export const good = (name: string, version: string, needed: string): Finding => ({ name, version, needed, required: false });
export const wanting = (name: string, needed: string): Finding => ({ name, version: undefined, needed, required: false });
