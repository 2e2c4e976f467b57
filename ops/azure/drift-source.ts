import type { Context } from "../context.ts";
import type { DriftSource, Finding, Unread } from "../drift/finding.ts";
import type { Engine, Step, StepState } from "../engine.ts";
import { exportedBy, resourcesIn } from "../report/exported.ts";
import { short } from "../report/text.ts";
import type { ProjectSummary } from "../selector.ts";

type Known = StepState & { readonly ignoreChanges?: readonly string[] };

/** Azure as a source of drift: every resource that a stack has there is read by the engine, and nothing is written. */
export async function azureDrift(context: Context, project: ProjectSummary, stack: string): Promise<DriftSource | undefined> {
  const { engine } = await context.selector.select({ projectDir: project.dir, stack, cluster: "none" });
  const known = resourcesIn(await exportedBy(engine)) as unknown as Known[];
  const own = known.filter(({ type }) => type.startsWith("azure-native:"));
  return own.length === 0 ? undefined : new AzureDrift(engine, new Map(own.map((state) => [state.urn, state])));
}

class AzureDrift implements DriftSource {
  readonly name = "azure";
  unread: readonly Unread[] = [];
  readonly #engine: Engine;
  readonly #own: ReadonlyMap<string, Known>;

  constructor(engine: Engine, own: ReadonlyMap<string, Known>) {
    this.#engine = engine;
    this.#own = own;
  }

  async findings(): Promise<Finding[]> {
    const { result, steps, diagnostics } = await this.#engine.refresh({ previewOnly: true, targets: [...this.#own.keys()] });
    if (result !== "succeeded") {
      const why = diagnostics.find(({ severity }) => severity === "error")?.message ?? "the refresh failed";
      this.unread = [{ what: "resources in Azure", why, declared: true }];
      return [];
    }
    return steps.flatMap((step) => this.#found(step));
  }

  #found({ op, urn, detailedDiff, oldState, newState }: Step): Finding[] {
    const known = this.#own.get(urn);
    if (known === undefined || (op !== "update" && op !== "delete")) return [];
    const subject = { kind: known.type.split(":").at(-1)!, name: urn.split("::").slice(3).join("::"), urn };
    if (op === "delete") return [{ source: this.name, change: "deleted", subject }];
    return Object.entries(detailedDiff ?? {})
      .filter(([path]) => !known.ignoreChanges?.some((ignored) => path === ignored || path.startsWith(`${ignored}.`)))
      .map(([path, { kind }]) => ({
        source: this.name,
        change: kind.startsWith("add") ? "added" : kind.startsWith("delete") ? "removed" : "changed",
        subject,
        path,
        before: short(valueAt(oldState?.inputs, path)),
        after: short(valueAt(newState?.inputs, path)),
      }));
  }
}

function valueAt(value: unknown, path: string): unknown {
  return [...path.matchAll(/[^.[\]]+/g)].reduce<unknown>((inner, [step]) => (inner as Record<string, unknown> | undefined)?.[step], value);
}
