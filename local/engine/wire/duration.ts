const seconds: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Seconds of a duration as Go writes it (`30s`, `1h15m`, `1.5m`): what `customTimeouts` holds. `undefined` for the empty text. */
export function parseGoDuration(text: string): number | undefined {
  if (text === "") return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text) {
    throw new Error(`"${text}" is not a duration: write it as "30s", "5m" or "1h15m"`);
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (seconds[unit ?? "s"] ?? 0), 0);
}
