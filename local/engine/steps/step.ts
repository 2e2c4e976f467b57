import type { Op } from "../../../ops/engine.ts";
import type { DiffResult } from "../provider.ts";
import type { ResourceState } from "../state.ts";
import type { PropertyMap } from "../values.ts";

export type DetailedDiff = DiffResult["detailedDiff"];

/** One thing done to one resource. A registration leads to a few of them, done in order. */
export interface Step {
  op: Op;
  urn: string;
  type: string;
  provider?: string;
  old?: ResourceState;
  new?: ResourceState;
  /** False for the halves of a replacement, which the `replace` step stands for. */
  logical: boolean;
  /** Property paths that force a replacement. */
  keys?: string[];
  /** Top-level properties that changed. */
  diffs?: string[];
  detailedDiff: DetailedDiff | null;
  /** Of create-replacement: the old object goes at the end (true), or went before (false). */
  pendingDelete?: boolean;
  /** Of delete-replaced: the object goes now, and its state waits for the replacement. */
  pendingReplacement?: boolean;
  /** Of update: what the provider is to ignore. */
  ignoreChanges?: readonly string[];
  /** Of refresh: what the reading showed. */
  resultOp?: Op;
  /** Of an import: the checked inputs of the program, compared with what was read. */
  programInputs?: PropertyMap;
  /** Of an import from the command line that knows what the program declares: nothing beyond that is read into state. */
  declaredOnly?: true;
}

export function makeStep(op: Op, old: ResourceState | undefined, next: ResourceState | undefined, more: Partial<Step> = {}): Step {
  const state = next ?? old;
  if (state === undefined) throw new Error(`a ${op} step of nothing`);
  return {
    op,
    urn: state.urn,
    type: state.type,
    provider: state.provider,
    old,
    new: next,
    logical: !["create-replacement", "delete-replaced", "discard-replaced", "refresh", "read-replacement", "import-replacement"].includes(
      op,
    ),
    detailedDiff: null,
    ...more,
  };
}
