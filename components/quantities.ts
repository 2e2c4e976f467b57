/**
 * Kubernetes quantities as exact whole numbers: CPU in thousandths of a core, everything else in bytes.
 * Only the forms that primitives.ts lets through are read.
 */
const units = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;

export const millicores = (cpu: string): number =>
  cpu.endsWith("m") ? Number.parseInt(cpu, 10) : Math.round(Number.parseFloat(cpu) * 1000);

export const bytes = (quantity: string): number => Number.parseInt(quantity, 10) * units[quantity.slice(-2) as keyof typeof units];

/** The shortest exact form: 1500m, 2, 1536Mi, 3Gi. */
export const formatCpu = (thousandths: number): string => (thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`);

export function formatBytes(count: number): string {
  const unit = (["Ti", "Gi", "Mi"] as const).find((u) => count > 0 && count % units[u] === 0) ?? "Ki";
  return `${Math.ceil(count / units[unit])}${unit}`;
}
