import { Gates, type PromotionSettings } from "./gates.schema.ts";

/** Where a release must have been before: one environment, or all or any of several. */
export type Sources = { readonly stack: string } | { readonly rule: "all" | "any"; readonly of: readonly Sources[] };

/** The gates before an environment; where nothing is said the defaults, which before the first environment of all are none. */
export function gatesOf(promotion: PromotionSettings, stack: string): Gates {
  const declared = Object.hasOwn(promotion.gates, stack) ? promotion.gates[stack] : undefined;
  return declared ?? { ...Gates.parse({}), confirmMigrations: promotion.path.indexOf(stack) > 0 };
}

/** The nodes that a node names, or the one before it on the path; undefined before the first environment. */
export function directUpstream(promotion: PromotionSettings, node: string): { rule: "all" | "any"; nodes: readonly string[] } | undefined {
  const { upstream } = gatesOf(promotion, node);
  if (upstream !== undefined) return "all" in upstream ? { rule: "all", nodes: upstream.all } : { rule: "any", nodes: upstream.any };
  const before = promotion.path[promotion.path.indexOf(node) - 1];
  return before === undefined ? undefined : { rule: "all", nodes: [before] };
}

/** Where a release must have been before it may enter `stack`. Nodes that only pass on stand for what is behind them. */
export function sourcesOf(promotion: PromotionSettings, stack: string): Sources | undefined {
  const resolve = (node: string, seen: readonly string[]): Sources | undefined => {
    const upstream = seen.includes(node) ? undefined : directUpstream(promotion, node);
    if (upstream === undefined) return undefined;
    const of = upstream.nodes.map((name): Sources => {
      if (!gatesOf(promotion, name).passThrough) return { stack: name };
      return resolve(name, [...seen, node]) ?? { rule: "all", of: [] };
    });
    return of.length === 1 ? of[0] : { rule: upstream.rule, of };
  };
  return resolve(stack, []);
}

/** Every environment among the sources, once. */
export const stacksOf = (sources: Sources | undefined): string[] =>
  sources === undefined ? [] : "stack" in sources ? [sources.stack] : [...new Set(sources.of.flatMap(stacksOf))];
