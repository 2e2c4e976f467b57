let last = 0n;

/** Nanoseconds since 1970, ever growing within a process: names of history files must differ and sort by time. */
export function nowNanoseconds(): bigint {
  const now = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
  last = now > last ? now : last + 1n;
  return last;
}

/** RFC 3339 with nanoseconds and no trailing zeros, as Go prints times. */
export function timestamp(nanoseconds = nowNanoseconds()): string {
  const seconds = new Date(Number(nanoseconds / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const fraction = (nanoseconds % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  return `${seconds}${fraction === "" ? "" : `.${fraction}`}Z`;
}
