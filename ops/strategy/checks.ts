import { execa } from "execa";
import { z } from "zod";
import { seconds } from "../../components/primitives.ts";
import { colourName } from "../../components/strategy/colours.ts";
import type { CheckSettings } from "../../components/strategy/strategy.schema.ts";
import { printable } from "../report/text.ts";
import type { StepCheck } from "./plan.ts";

export interface Asked {
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stack: string;
  readonly namespace: string;
  readonly release: string;
  readonly signal: AbortSignal;
}

/** Asks one check of a new colour. Returns why it failed, in one line, or undefined. What gives no answer has failed. */
export async function ask(step: StepCheck, asked: Asked): Promise<string | undefined> {
  const { check } = step;
  return check.kind === "command" ? askCommand(step, check, asked) : askMetric(step, check, asked);
}

async function askCommand(
  { service, colour, weight }: StepCheck,
  { command, timeout }: Extract<CheckSettings, { kind: "command" }>,
  { dir, env, stack, namespace, release, signal }: Asked,
): Promise<string | undefined> {
  const [program, ...args] = command;
  const own = {
    LIFTLOCK_STACK: stack,
    LIFTLOCK_NAMESPACE: namespace,
    LIFTLOCK_SERVICE: service,
    LIFTLOCK_COLOUR: colour,
    LIFTLOCK_WORKLOAD: colourName(service, colour),
    LIFTLOCK_WEIGHT: String(weight),
    LIFTLOCK_RELEASE: release,
  };
  const { failed, exitCode, timedOut, all, shortMessage } = await execa(program!, args, {
    cwd: dir,
    env: { ...env, ...own },
    extendEnv: false,
    timeout: seconds(timeout) * 1000,
    cancelSignal: signal,
    all: true,
    reject: false,
    stdin: "ignore",
  });
  if (!failed) return undefined;
  const why = timedOut ? `no answer within ${timeout}` : exitCode === undefined ? shortMessage : `exit code ${exitCode}`;
  const said = all?.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
  return printable(`${program}: ${why}${said === "" ? "" : `: ${said}`}`);
}

const Sample = z.tuple([z.number(), z.string()]);
/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
const Answer = z.discriminatedUnion("resultType", [
  z.object({ resultType: z.literal("vector"), result: z.array(z.object({ value: Sample })) }),
  z.object({ resultType: z.literal("scalar"), result: Sample }),
]);
const Body = z.object({ status: z.string(), error: z.string().optional(), data: Answer.optional() });

type Metric = Extract<CheckSettings, { kind: "metric" }>;

async function askMetric(step: StepCheck, check: Metric, asked: Asked): Promise<string | undefined> {
  const query = filledIn(check.query, step, asked.namespace);
  const url = new URL(`${check.url.replace(/\/+$/, "")}/api/v1/query`);
  const token = check.token === undefined ? undefined : asked.env[check.token];
  if (check.token !== undefined && (token === undefined || token === "")) return `${check.token} is not set: ${url.origin} wants it`;
  let body: unknown;
  try {
    const answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ query }),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      redirect: "error",
      signal: AbortSignal.any([asked.signal, AbortSignal.timeout(seconds(check.timeout) * 1000)]),
    });
    body = await answer.json().catch(() => undefined);
    if (!answer.ok) return printable(`${url.origin} answers ${answer.status}${errorIn(body)}: ${query}`);
  } catch (error) {
    return printable(`${url.origin} does not answer (${error instanceof Error ? error.message : String(error)}): ${query}`);
  }
  return judge(body, query, check);
}

const errorIn = (body: unknown): string => {
  const error = Body.safeParse(body).data?.error;
  return error === undefined ? "" : ` (${error.slice(0, 200)})`;
};

/** Why an answer does not pass. No sample is no proof; a sample that is no number passes nothing. */
export function judge(body: unknown, query: string, { max, min }: Pick<Metric, "max" | "min">): string | undefined {
  const answer = Body.safeParse(body).data;
  if (answer?.status !== "success" || answer.data === undefined) return printable(`the answer cannot be read${errorIn(body)}: ${query}`);
  const samples = answer.data.resultType === "scalar" ? [answer.data.result] : answer.data.result.map(({ value }) => value);
  if (samples.length === 0) return printable(`there is no sample: ${query}`);
  for (const [, text] of samples) {
    const value = toNumber(text);
    if (Number.isNaN(value)) return printable(`${text} is no number: ${query}`);
    if (max !== undefined && value > max) return printable(`${text} is more than ${max}: ${query}`);
    if (min !== undefined && value < min) return printable(`${text} is less than ${min}: ${query}`);
  }
  return undefined;
}

/** Prometheus writes +Inf and -Inf. */
const toNumber = (text: string): number =>
  /^[+-]?Inf$/.test(text) ? Number(`${text.replace("Inf", "Infinity")}`) : text.trim() === "" ? Number.NaN : Number(text);

const filledIn = (query: string, { service, colour }: StepCheck, namespace: string): string => {
  const values: Record<string, string> = { service, colour, namespace, workload: colourName(service, colour) };
  return query.replaceAll(/\$(service|colour|namespace|workload)\b/g, (_, name: string) => values[name]!);
};
