import { z } from "zod";
import { ShortName, StackName } from "./primitives.ts";

export const NOTICES = ["deployment", "promotion", "rollback", "drift", "freeze", "incident", "approval", "break-glass"] as const;
const Notice = z.enum(NOTICES, { error: `must be one of ${NOTICES.join(", ")}` });

const VariableName = z.string().regex(/^[A-Z_][A-Z0-9_]{0,127}$/, {
  error: "must be the name of an environment variable, such as SLACK_WEBHOOK_URL: an address that lets anybody write belongs in no file",
});
const Address = z.email({ error: "must be an e-mail address" });

const common = {
  on: z
    .array(Notice)
    .min(1, { error: `must name one of ${NOTICES.join(", ")}` })
    .default([...NOTICES])
    .describe("What it hears of; left out, everything"),
  stacks: z.array(StackName).min(1, { error: "must name an environment" }).optional().describe("Environments it hears of; left out, all"),
  roles: z.array(ShortName).default([]).describe("Whom it is for: named in the message; for e-mail also who receives it"),
};

const Receiver = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("slack"), urlFrom: VariableName.describe("Variable with the incoming webhook's address"), ...common }),
    z.strictObject({ kind: z.literal("discord"), urlFrom: VariableName.describe("Variable with the webhook's address"), ...common }),
    z.strictObject({
      kind: z.literal("email"),
      smtpFrom: VariableName.describe("Variable with the mail server, such as smtps://user:password@mail.example.com"),
      from: Address,
      to: z.array(Address).default([]).describe("Beside the people of `roles`"),
      ...common,
    }),
  ],
  { error: "must have kind: slack, discord or email" },
);
export type Receiver = z.infer<typeof Receiver>;

/** `application.notifications`: who is told of what. */
export const NotificationSettings = z.strictObject({
  receivers: z.array(Receiver).default([]),
  report: z.string().min(1).optional().describe("How to report trouble, added to every message"),
});
export type NotificationSettings = z.infer<typeof NotificationSettings>;
