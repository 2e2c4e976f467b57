import type { PromotionSettings } from "../../components/gates.schema.ts";
import type { Receiver } from "../../components/notifications.schema.ts";
import { type Message, recipients } from "./notice.ts";

/** Milliseconds. */
export interface Patience {
  /** For one attempt. */
  readonly attempt: number;
  /** Between the first two attempts; later pauses are longer. */
  readonly pause: number;
}
/** At most about 10 s in all: three attempts and two pauses. */
export const PATIENCE: Patience = { attempt: 3_000, pause: 300 };
const retries = ({ pause }: Patience) => ({ retries: 2, minTimeout: pause, maxTimeout: 3 * pause });

/** Hands a message to a receiver's own service. Throws when it did not take it. */
export async function send(
  receiver: Receiver,
  address: string,
  message: Message,
  promotion: PromotionSettings,
  patience = PATIENCE,
): Promise<void> {
  if (receiver.kind === "slack") return toSlack(address, message, patience);
  if (receiver.kind === "discord") return toDiscord(address, message, patience);
  return toMail(receiver, address, { message, to: recipients(receiver, promotion), patience });
}

/** Slack's three characters of its own: https://docs.slack.dev/messaging/formatting-message-text#escaping */
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

async function toSlack(url: string, { title, lines }: Message, patience: Patience): Promise<void> {
  const { IncomingWebhook } = await import("@slack/webhook");
  const webhook = new IncomingWebhook(url, { timeout: patience.attempt, retryConfig: retries(patience) });
  await webhook.send({ text: [`*${escaped(title)}*`, ...lines.map(escaped)].join("\n"), unfurl_links: false });
}

/** Discord refuses more than 2,000 characters: https://discord.com/developers/docs/resources/webhook#execute-webhook */
const DISCORD_LIMIT = 2000;

async function toDiscord(url: string, { title, lines }: Message, patience: Patience): Promise<void> {
  const { default: retry, AbortError } = await import("p-retry");
  const text = [`**${title}**`, ...lines].join("\n");
  const content = text.length > DISCORD_LIMIT ? `${text.slice(0, DISCORD_LIMIT - 1)}…` : text;
  await retry(async () => {
    const body = JSON.stringify({ content, allowed_mentions: { parse: [] } });
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body, redirect: "error", signal: AbortSignal.timeout(patience.attempt) });
    if (response.ok) return;
    const refusal = new Error(`it answered ${response.status}`);
    throw response.status >= 500 || response.status === 429 ? refusal : new AbortError(refusal);
  }, retries(patience));
}

interface Mail {
  readonly message: Message;
  readonly to: readonly string[];
  readonly patience: Patience;
}

async function toMail({ from }: Receiver & { kind: "email" }, server: string, { message, to, patience }: Mail): Promise<void> {
  if (to.length === 0) throw new Error("nobody in its roles has an e-mail address");
  const [{ createTransport }, { default: retry, AbortError }] = await Promise.all([import("nodemailer"), import("p-retry")]);
  const { attempt } = patience;
  const timeouts = { connectionTimeout: attempt, greetingTimeout: attempt, socketTimeout: attempt };
  const transport = createTransport({ url: server, ...timeouts });
  const mail = { from, to: [...to], subject: message.title, text: [message.title, "", ...message.lines].join("\n") };
  try {
    await retry(async () => {
      await transport.sendMail(mail).catch((error: Error & { responseCode?: number }) => {
        // 5yz: the server will not take it, however often it is asked (RFC 5321, 4.2.1).
        throw (error.responseCode ?? 0) >= 500 ? new AbortError(error) : error;
      });
    }, retries(patience));
  } finally {
    transport.close();
  }
}
