import type { EngineEvent } from "../engine.ts";
import { isKubernetes, parseUrn } from "../report/urn.ts";

/** The Job that migrates, under the component that owns it (components/migration.ts). */
const MIGRATION = /::[^:]*liftlock:database:Migration\$kubernetes:batch\/v1:Job::migrate-/;

/** Its backups and migrations: nobody ends one but itself. */
const DATABASE = /liftlock:database:[^:]*\$kubernetes:/;

/**
 * What a rollback needs to know of a run: whether it touched anything, began a migration, when the cluster first reported a fault, and
 * when nothing is gained by waiting for the rest of it.
 */
export class RunWatch {
  readonly #clock: () => number;
  #firstReport: number | undefined;
  #touched = false;
  #migrated = false;
  readonly #reported = new Map<string, number>();
  readonly #underWay = new Set<string>();
  readonly #failed = new Set<string>();

  /** `clock`: seconds. */
  constructor(clock: () => number = () => performance.now() / 1000) {
    this.#clock = clock;
  }

  add({ diagnosticEvent, resourcePreEvent, resOpFailedEvent, resOutputsEvent }: EngineEvent): void {
    const { urn, ephemeral, severity } = diagnosticEvent ?? {};
    // A passing warning is what the cluster reports while its grace runs.
    if (urn !== undefined && ephemeral && severity === "warning" && !this.#reported.has(urn)) this.#reported.set(urn, this.#clock());
    if (resourcePreEvent && MIGRATION.test(resourcePreEvent.metadata.urn) && /^create/.test(resourcePreEvent.metadata.op))
      this.#migrated = true;
    if (resourcePreEvent && isCustom(resourcePreEvent.metadata)) this.#underWay.add(resourcePreEvent.metadata.urn);
    // What came right after all did not fail the run.
    if (resOutputsEvent) {
      this.#reported.delete(resOutputsEvent.metadata.urn);
      this.#underWay.delete(resOutputsEvent.metadata.urn);
    }
    if (resOpFailedEvent) {
      this.#underWay.delete(resOpFailedEvent.metadata.urn);
      this.#failed.add(resOpFailedEvent.metadata.urn);
      const at = this.#reported.get(resOpFailedEvent.metadata.urn) ?? this.#clock();
      this.#firstReport = Math.min(this.#firstReport ?? at, at);
      // Status 1 is Pulumi's "partial failure": the object exists, or has changed, and is not ready.
      if (resOpFailedEvent.status === 1) this.#touched = true;
    }
  }

  /** When the cluster first reported what failed the run, in seconds of the clock. */
  get firstReport(): number | undefined {
    return this.#firstReport;
  }
  /** Something was changed and is not ready. What was changed and is ready, the run's summary counts. */
  /** URNs of what failed so far. */
  get failed(): ReadonlySet<string> {
    return this.#failed;
  }
  /** It has failed for good, and all that is still under way is rollouts that go back anyway. */
  get mayStop(): boolean {
    return this.#failed.size > 0 && [...this.#underWay].every(goesBackAnyway);
  }
  get touched(): boolean {
    return this.#touched;
  }
  get migrated(): boolean {
    return this.#migrated;
  }
}

type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

/** What is no Kubernetes object may not bear being stopped half-way. */
const goesBackAnyway = (urn: string): boolean => isKubernetes(parseUrn(urn).type) && !DATABASE.test(urn);

const isCustom = ({ new: next, old }: Metadata): boolean => (next ?? old)?.custom === true;
