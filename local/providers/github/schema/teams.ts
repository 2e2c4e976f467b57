import type { ResourceSchema } from "./resource.ts";
import { flag, REPOSITORY_NAME, text } from "./shape.ts";

export const team: ResourceSchema = {
  autonamed: "name",
  inputs: {
    name: text(),
    description: text(),
    privacy: text({ default: "secret", oneOf: ["secret", "closed"] }),
    notificationSetting: text({ default: "notifications_enabled", oneOf: ["notifications_enabled", "notifications_disabled"] }),
    parentTeamId: text({ default: "" }),
    ldapDn: text(),
    createDefaultMaintainer: flag({ default: false, uncompared: true }),
    parentTeamReadId: text({ computed: true, uncompared: true }),
    parentTeamReadSlug: text({ computed: true, uncompared: true }),
  },
  outputs: ["etag", "membersCount", "nodeId", "slug"],
};

export const teamMembership: ResourceSchema = {
  inputs: {
    teamId: text({ required: true, forceNew: true }),
    username: text({ required: true, forceNew: true }),
    role: text({ default: "member", oneOf: ["member", "maintainer"] }),
  },
  outputs: ["etag"],
};

export const teamRepository: ResourceSchema = {
  inputs: {
    teamId: text({ required: true, forceNew: true }),
    repository: text({ required: true, forceNew: true, ...REPOSITORY_NAME }),
    permission: text({ default: "pull" }),
  },
  outputs: ["etag"],
};
