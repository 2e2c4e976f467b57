/** A fault that the user can mend: shown as it is, without a stack trace. Says what, where, and what to do. */
export class UserError extends Error {
  /** 1 failed, 2 usage (docs: exit codes). */
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.name = "UserError";
    this.exitCode = exitCode;
  }
}

/** A stack that was never made: nothing is known of it because there is nothing, and not because nobody could be asked. */
export class NoStateError extends UserError {}

let command = "liftlock";

/** The command line says once how the user calls it: `./liftlock`, `npx liftlock`. */
export const calledAs = (name: string): void => {
  command = name;
};

/** How the user calls us, for messages that say what to do and are made where nobody is handed a context. */
export const called = (): string => command;
