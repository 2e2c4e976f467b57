import { expect, test } from "vitest";
import { locksIn, locksOver } from "../../ops/azure/locks.ts";

const group = "/subscriptions/s/resourceGroups/rg";
const state = (...resources: object[]) => ({ deployment: { resources } });
const server = (id: string) => state({ type: "azure-native:dbforpostgresql:Server", id });
const lock = (type: string) => state({ type, id: "lock", inputs: { scope: group } });

test.each([
  ["azure-native:authorization:ManagementLockByScope", 1],
  ["azure-native:authorization/v20200501:ManagementLockByScope", 1],
  ["azure-native:authorization:RoleAssignment", 0],
])("a state holds a lock: %s", (type, found) => {
  expect(locksIn("platform", lock(type))).toHaveLength(found);
});

test.each([
  ["what is in the locked group", server(`${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers/db`), 1],
  ["the group itself, in another case", server("/subscriptions/S/resourcegroups/RG"), 1],
  ["a group whose name begins alike", server(`${group}-2/providers/Microsoft.DBforPostgreSQL/flexibleServers/db`), 0],
  ["what is not in Azure", state({ type: "kubernetes:core/v1:Namespace", id: `${group}/x` }), 0],
  ["a stack that was never up", {}, 0],
])("a lock covers: %s", (_what, exported, covered) => {
  expect(locksOver(exported, [{ stack: "platform", scope: group }])).toHaveLength(covered);
});
