import { expect, test } from "vitest";
import { faultsOf } from "../settings/support.ts";

const roles = { qa: { people: ["ann@example.com"] } };
const faults = (...receivers: object[]) =>
  faultsOf({
    change: (settings) => {
      settings.application.promotion = { ...settings.application.promotion, roles };
      settings.application.notifications = { receivers };
    },
  }).map((fault) => fault.replace("Pulumi.yaml application.notifications.receivers", ""));

test("receivers that are right", () =>
  expect(
    faults(
      { kind: "slack", urlFrom: "SLACK_URL", roles: ["qa"] },
      { kind: "email", smtpFrom: "SMTP_URL", from: "a@example.com", roles: ["qa"], on: ["incident"] },
    ),
  ).toEqual([]));
test.each<[object, string]>([
  [{ kind: "pager", urlFrom: "URL" }, "[0].kind: must have kind: slack, discord or email"],
  [{ kind: "slack", urlFrom: "https://hooks.example.com/T0/planted" }, "[0].urlFrom: must be the name of an environment variable"],
  [{ kind: "slack", urlFrom: "URL", on: ["lunch"] }, "[0].on[0]: must be one of deployment"],
  [{ kind: "slack", urlFrom: "URL", roles: ["boss"] }, '[0].roles[0]: names "boss", which is not in promotion.roles'],
  [{ kind: "slack", urlFrom: "URL", stacks: ["nowhere"] }, '[0].stacks[0]: names "nowhere", which is not on the promotion path'],
  [{ kind: "email", smtpFrom: "URL", from: "a@example.com" }, "[0].to: is missing: name addresses"],
])("%j", (receiver, fault) => {
  const found = faults(receiver);
  expect(found).toEqual([expect.stringContaining(fault)]);
  expect(found.join()).not.toContain("planted");
});
