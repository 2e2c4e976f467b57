import type { DriftSettings } from "../../components/drift.schema.ts";
import type { DriftSource, Finding } from "./finding.ts";
import { withoutIgnored } from "./ignored.ts";
import type { KubernetesDrift } from "./kubernetes.ts";
import type { DriftReport } from "./report.ts";

export interface About {
  readonly stack: string;
  readonly settings: DriftSettings;
  /** Other systems that the stack has resources in. */
  readonly others?: readonly DriftSource[];
  /** 2026-11-21, for ignores that end. */
  readonly today: string;
}

/** Asks every system at once, and judges what they answer by the settings. Without a cluster: what the stack has elsewhere. */
export async function survey(
  kubernetes: KubernetesDrift | undefined,
  { stack, settings, others = [], today }: About,
): Promise<DriftReport> {
  const start = performance.now();
  const found: Finding[][] = await Promise.all(
    [...(kubernetes === undefined ? [] : [kubernetes]), ...others].map((source) => source.findings()),
  );
  const { counted, ignored, expired } = withoutIgnored(found.flat(), settings.ignore, stack, today);
  const unignored = (kubernetes?.unread ?? []).filter(
    ({ what }) => !settings.ignore.some(({ kind }) => kind !== undefined && what.startsWith(plural(kind))),
  );
  return {
    stack,
    findings: counted,
    ignored,
    expired: expired.map(({ reason, until }) => `${reason} (until ${until})`),
    unread: [...unignored, ...others.flatMap(({ unread = [] }) => unread)],
    notReady: kubernetes?.notReady ?? [],
    ...(kubernetes === undefined ? {} : { counted: kubernetes.counted }),
    alsoRead: others.map(({ name }) => name),
    seconds: (performance.now() - start) / 1000,
  };
}

const plural = (kind: string): string => `${kind.toLowerCase()}s `;
