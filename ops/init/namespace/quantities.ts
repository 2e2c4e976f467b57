import { formatBytes, formatCpu } from "../../../components/quantities.ts";

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};
const QUANTITY = /^(\d+(?:\.\d+)?)(?:e(\d+)|(n|u|m|k|M|G|T|Ki|Mi|Gi|Ti))?$/;

/** Kubernetes' resource.Quantity as a number; undefined for what is none. */
export function amountOf(value: unknown): number | undefined {
  const [, digits, exponent, unit = ""] = QUANTITY.exec(String(value ?? "")) ?? [];
  return digits === undefined ? undefined : Number(digits) * (exponent === undefined ? UNITS[unit]! : 10 ** Number(exponent));
}

/** As settings write them: CPU in thousandths rounded up, bytes with a binary unit rounded up to one Mi. */
export const cpuText = (cores: number): string => formatCpu(Math.max(1, Math.ceil(cores * 1000 - 1e-6)));
export const bytesText = (bytes: number): string =>
  bytes % 2 ** 20 === 0 ? formatBytes(bytes) : formatBytes(Math.ceil(bytes / 2 ** 20) * 2 ** 20);
