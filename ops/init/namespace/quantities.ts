import { formatBytes, formatCpu } from "../../../components/quantities.ts";

/** As settings write them: CPU in thousandths rounded up, bytes with a binary unit rounded up to one Mi. */
export const cpuText = (cores: number): string => formatCpu(Math.max(1, Math.ceil(cores * 1000 - 1e-6)));
export const bytesText = (bytes: number): string =>
  bytes % 2 ** 20 === 0 ? formatBytes(bytes) : formatBytes(Math.ceil(bytes / 2 ** 20) * 2 ** 20);
