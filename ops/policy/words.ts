import type { Verdict } from "../../policy/evaluate.ts";
import { count } from "../report/text.ts";
import type { Colors } from "../terminal/io.ts";

/** Each finding with its remedy, then what is exempt and until when. Nothing when there is nothing to say. */
export function policyLines({ findings, exempt, idle }: Verdict, { red, yellow, dim, bold }: Colors): string[] {
  return [
    ...(findings.length === 0 ? [] : [red(`  ${count(findings.length, "rule violation")}:`)]),
    ...findings.flatMap(({ rule, resource, message, fix, note }) => [
      `    ${bold(resource)} ${message} ${dim(`(${rule})`)}`,
      `      ${note === undefined ? "" : `${note}; `}to mend it: ${fix}`,
    ]),
    ...exempt.map(({ rule, resource, reason, expires }) => dim(`  exempt from ${rule} until ${expires}: ${resource}: ${reason}`)),
    ...idle.map(({ exemption, because }) => yellow(`  exemption from ${exemption.rule} for ${exemption.resource}: ${because}`)),
  ];
}
