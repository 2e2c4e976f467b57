import { seconds } from "../../components/primitives.ts";
import { gatesOf, type Sources, sourcesOf } from "../../components/upstream.ts";
import type { Verdict } from "./gate.ts";
import { commandOf, type GateInput, verdict } from "./input.ts";
import { type Standing, standingOf } from "./standing.ts";
import { span } from "./words.ts";

/** The environments before: they ran the release, it passed its tests there, and was live long enough. */
export function upstreamGates(input: GateInput): Verdict[] {
  const sources = sourcesOf(input.promotion, input.stack);
  if (sources === undefined) return [];
  const standings = new Map<string, Standing>();
  const standing = (stack: string): Standing => {
    const known = standings.get(stack) ?? standingOf(input, stack);
    standings.set(stack, known);
    return known;
  };
  const gates = gatesOf(input.promotion, input.stack);
  const soak = (input.lane === "hotfix" ? gates.hotfix.soak : undefined) ?? gates.soak;
  const found = judge(sources, (stack) => ranGate(input, stack, standing(stack)));
  return soak === undefined ? found : [...found, ...judge(sources, (stack) => soakGate(input, stack, standing(stack), seconds(soak)))];
}

/** One verdict for each environment that is needed; where any of several will do, one for them together. */
function judge(sources: Sources, leaf: (stack: string) => Verdict): Verdict[] {
  if ("stack" in sources) return [leaf(sources.stack)];
  const branches = sources.of.map((source) => judge(source, leaf));
  if (branches.length === 0) return [verdict("upstream", { open: false, code: "no-upstream", text: "leads through no environment" })];
  return sources.rule === "all" ? branches.flat() : [anyOf(branches)];
}

/** Open as soon as all that stands on one of the branches is open. */
function anyOf(branches: readonly (readonly Verdict[])[]): Verdict {
  const subject = branches.map((branch) => branch.map((v) => v.subject).join(" and ")).join(" or ");
  const open = branches.find((branch) => branch.every((v) => v.open));
  const first = (open ?? branches[0])?.[0];
  const gate = first?.gate ?? "upstream";
  const evidence = branches.flat().flatMap((v) => v.evidence);
  if (open !== undefined)
    return { gate, subject, open: true, code: first?.code ?? "ran", text: open.map((v) => v.text).join("; "), evidence };
  const closed = branches.map((branch) => branch.filter((v) => !v.open));
  const times = closed.flatMap((branch) => {
    const each = branch.map((v) => v.opensAt?.getTime());
    return each.every((time) => time !== undefined) ? [Math.max(...each)] : [];
  });
  const next = closed.flat().find((v) => v.next !== undefined)?.next;
  return {
    gate,
    subject,
    open: false,
    code: closed[0]?.[0]?.code ?? "not-run-upstream",
    text: `none of them will do: ${closed
      .flat()
      .map((v) => v.text)
      .join("; ")}`,
    ...(next === undefined ? {} : { next }),
    ...(times.length === 0 ? {} : { opensAt: new Date(Math.min(...times)) }),
    evidence,
  };
}

function ranGate(input: GateInput, stack: string, { ran, proven, troubles, evidence }: Standing): Verdict {
  const { version, id } = input.release;
  const about = { subject: stack, evidence };
  if (proven)
    return verdict("upstream", { ...about, open: true, code: "ran", text: `${stack} ran ${version} and it passed its tests there` });
  const again = `${commandOf(input)} up ${stack}`;
  const trouble = troubles.findLast(({ kind }) => kind !== "incident");
  if (trouble !== undefined) {
    const text = `${stack} must run ${version} again: ${trouble.text}`;
    return verdict("upstream", {
      ...about,
      open: false,
      code: trouble.kind === "failed" ? "failed-upstream" : "rolled-back-upstream",
      text,
      next: again,
    });
  }
  if (!ran && input.ran(stack) === undefined) {
    const text = `${stack}, which comes before ${input.stack}, was never deployed`;
    return verdict("upstream", { ...about, open: false, code: "upstream-missing", text, next: again });
  }
  const text = `${stack} never ran ${version} (${id}) through its tests`;
  return verdict("upstream", {
    ...about,
    open: false,
    code: "not-run-upstream",
    text,
    next: `promote it to ${stack} first, then ${again}`,
  });
}

function soakGate(input: GateInput, stack: string, standing: Standing, soak: number): Verdict {
  const { version } = input.release;
  const about = { subject: stack, evidence: standing.evidence };
  const needs = `${version} must be live in ${stack} for ${span(soak)} without a break`;
  const closed = (code: string, text: string, more: { next?: string; opensAt?: Date } = {}) =>
    verdict("soak", { ...about, open: false, code, text: `${needs}: ${text}`, ...more });
  if (standing.longest >= soak * 1000) {
    return verdict("soak", {
      ...about,
      open: true,
      code: "soaked",
      text: `${version} was live in ${stack} for ${span(standing.longest / 1000)}`,
    });
  }
  const last = standing.troubles.at(-1);
  if (standing.counting !== undefined) {
    const opensAt = new Date(standing.counting + soak * 1000);
    const ahead = standing.counting - input.now.getTime();
    if (ahead > 0) {
      return closed("clock-skew", `it went live ${span(ahead / 1000)} from now by that cluster's clock; the clocks differ`, { opensAt });
    }
    const since = `it has been for ${span(standing.longest / 1000)}`;
    const reset = last !== undefined && last.resumes === standing.counting ? `, counted anew after ${last.text}` : "";
    return closed(reset === "" ? "soaking" : "soak-reset", since + reset, { opensAt });
  }
  if (!standing.ran) return closed("not-run-upstream", "it never was", { next: `promote it to ${stack} first` });
  const command = commandOf(input);
  if (last !== undefined && last.resumes === Number.POSITIVE_INFINITY) {
    const next = last.kind === "incident" ? `${command} incident close ${stack}` : `${command} up ${stack}`;
    return closed("soak-reset", `its time does not count since ${last.text}`, { next });
  }
  const churn = standing.later > 1 ? `${standing.later} releases have followed it, so that none may ever get there. ` : "";
  const text = `${churn}another release took its place after ${span(standing.longest / 1000)}`;
  const next = `promote what runs in ${stack} now, or give one release its time: ${command} freeze ${stack} --reason "let it soak"`;
  return closed("superseded", text, { next });
}
