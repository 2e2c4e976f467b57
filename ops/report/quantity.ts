/** Quantities for showing, rounded. */

/** `50m`, `1.5`. */
export function cores(value: number): string {
  const milli = Math.round(value * 1000);
  return milli !== 0 && milli < 1000 ? `${milli}m` : String(milli / 1000);
}

/** `64Mi`, `1.5Gi`. */
export function bytes(value: number): string {
  if (value >= 2 ** 30) return `${trimmed(value / 2 ** 30)}Gi`;
  return `${trimmed(value / 2 ** 20)}Mi`;
}

const trimmed = (n: number): string => String(Number(n.toFixed(2)));
