import type { Io } from "./io.ts";

/** One moving line at the bottom of a terminal; without a terminal, only the lasting lines are printed. */
export interface StatusLine {
  /** What is going on now. */
  now(text: string): void;
  /** A line that stays. */
  line(text: string): void;
  stop(): void;
}

export async function statusLine(io: Io, text: string, print: (line: string) => void = io.err): Promise<StatusLine> {
  if (!io.screen) return { now: () => {}, line: print, stop: () => {} };
  const { default: yoctoSpinner } = await import("yocto-spinner");
  const spinner = yoctoSpinner({ text, stream: io.screen, handleSignals: false }).start();
  const width = () => (io.screen?.columns || 80) - 4;
  return {
    now: (next) => {
      spinner.text = next.length > width() ? `${next.slice(0, width() - 1)}…` : next;
    },
    line: (line) => {
      spinner.clear();
      print(line);
    },
    stop: () => void spinner.stop(),
  };
}
