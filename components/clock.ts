/** The one place where the program asks what time it is: to tell whether a release has been live upstream for long enough. */
export const now = (): number => Date.now();
