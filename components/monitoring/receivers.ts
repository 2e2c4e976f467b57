import type { Settings } from "../model.ts";
import type { Severity } from "./model.ts";
import type { AlertReceiver } from "./monitoring.schema.ts";

/** Who is told of alerts of one severity. Addresses of webhooks are secrets: only their keys are known here. */
export interface Audience {
  readonly severity: Severity;
  readonly addresses: readonly string[];
  readonly slack: readonly string[];
  readonly webhooks: readonly string[];
}

const all: readonly Severity[] = ["critical", "warning"];

/** Both severities, each with those who asked to hear of it. */
export const audiencesOf = ({ application, environment }: Pick<Settings, "application" | "environment">): Audience[] =>
  all.map((severity) => {
    const receivers = (environment.monitoring?.receivers ?? []).filter(({ least }) => severity === "critical" || least === "warning");
    const secrets = (kind: "slack" | "webhook") => receivers.flatMap((one) => (one.kind === kind ? [one.secret] : []));
    return {
      severity,
      addresses: [...new Set(receivers.flatMap((one) => addressesOf(one, application.promotion)))],
      slack: secrets("slack"),
      webhooks: secrets("webhook"),
    };
  });

type Promotion = Settings["application"]["promotion"];

/** An e-mail receiver's addresses: those named, and those of the people of its roles; a GitHub login alone is none. */
export function addressesOf(receiver: AlertReceiver, { roles, people }: Promotion): string[] {
  if (receiver.kind !== "email") return [];
  const identities = receiver.roles.flatMap((role) => roles[role]?.people ?? []).flatMap((person) => people[person] ?? [person]);
  return [...receiver.to, ...identities.filter((identity) => /^[^@]+@/.test(identity))];
}

export const isSilent = ({ addresses, slack, webhooks }: Audience): boolean => addresses.length + slack.length + webhooks.length === 0;

/**
 * The audiences as the operator's AlertmanagerConfig: it applies to alerts of its own namespace, and mail goes through the server that
 * Alertmanager is configured with. `secret` holds the addresses of webhooks by their keys.
 */
export function alertmanagerSpec(audiences: readonly Audience[], secret: string) {
  const reference = (key: string) => ({ name: secret, key });
  return {
    route: {
      receiver: "warning",
      groupBy: ["alertname", "slo"],
      groupWait: "30s",
      groupInterval: "5m",
      repeatInterval: "4h",
      routes: [{ receiver: "critical", matchers: [{ name: "severity", value: "critical", matchType: "=" }] }],
    },
    receivers: audiences.map(({ severity, addresses, slack, webhooks }) => ({
      name: severity,
      ...(addresses.length > 0 ? { emailConfigs: addresses.map((to) => ({ to, sendResolved: true })) } : {}),
      ...(slack.length > 0 ? { slackConfigs: slack.map((key) => ({ apiURL: reference(key), sendResolved: true })) } : {}),
      ...(webhooks.length > 0 ? { webhookConfigs: webhooks.map((key) => ({ urlSecret: reference(key), sendResolved: true })) } : {}),
    })),
  };
}
