import type { ApplicationSettings } from "../application.schema.ts";
import type { Finding } from "../faults.ts";
import type { ApprovalRule, Gates } from "../gates.schema.ts";
import { seconds } from "../primitives.ts";
import { directUpstream } from "../upstream.ts";

type Add = (where: PropertyKey[], message: string) => void;

/** Gates name only environments, roles and checks that there are, can be opened by somebody, and a hotfix's are shortened, not skipped. */
export function checkGates({ promotion }: ApplicationSettings): Finding[] {
  const found: Finding[] = [];
  const add: Add = (where, message) => found.push({ part: "application", path: ["promotion", ...where], message });
  const { path, roles, people } = promotion;
  for (const [role, { people: members, teams }] of Object.entries(roles)) {
    if (members.length + teams.length === 0) add(["roles", role], "has nobody in it: add people or teams");
    members.forEach((name, index) => {
      if (!name.includes("@") && !Object.hasOwn(people, name))
        add(["roles", role, "people", index], `names "${name}", who is not in promotion.people`);
    });
  }
  if (!promotion.secondPerson) {
    const named = Object.values(roles).flatMap((role) => [...role.people, ...role.teams]);
    const persons = new Set(named.map((name) => (Object.entries(people).find(([, all]) => all.includes(name))?.[0] ?? name).toLowerCase()));
    if (persons.size > 1 || Object.keys(people).length > 1)
      add(["secondPerson"], "must be true: roles and people name more than one, so there is somebody else to ask");
  }
  const names = [...path, ...Object.keys(promotion.gates).filter((name) => promotion.gates[name]?.passThrough)];
  for (const [stack, gates] of Object.entries(promotion.gates)) {
    const at: Add = (where, message) => add(["gates", stack, ...where], message);
    const environment = (where: PropertyKey[], name: string | undefined) => {
      if (name !== undefined && !path.includes(name)) at(where, `names "${name}", which is not on the promotion path`);
    };
    if (!gates.passThrough && !path.includes(stack))
      at([], "is no environment of the promotion path: add it there, or make it a node that only passes on (passThrough: true)");
    if (gates.passThrough && path.includes(stack)) at(["passThrough"], "must be false for an environment of the promotion path");
    if (gates.passThrough && gates.upstream === undefined) at(["upstream"], "is missing: a node that passes on gathers other nodes");
    for (const name of directUpstream(promotion, stack)?.nodes ?? [])
      if (!names.includes(name)) at(["upstream"], `names "${name}", which is neither on the promotion path nor a node that passes on`);
    if (leadsBack(promotion, stack)) at(["upstream"], "leads back to itself: a release could never get there");
    if (gates.soak !== undefined && directUpstream(promotion, stack) === undefined)
      at(["soak"], "has no environment before it in which a release could soak: remove it");
    gates.checks.forEach((check, index) => {
      environment(["checks", index, "in"], check.in);
      if (gates.checks.findIndex(({ name }) => name === check.name) !== index)
        at(["checks", index, "name"], `"${check.name}" stands here twice`);
    });
    environment(["rehearsal", "in"], gates.rehearsal?.in);
    checkApprovals(["approvals"], gates.approvals, roles, at);
    checkApprovals(["hotfix", "approvals"], gates.hotfix.approvals ?? [], roles, at);
    checkApprovals(["rollbackApprovals"], gates.rollbackApprovals, roles, at);
    checkHotfix(gates, at);
  }
  return found;
}

function checkApprovals(
  where: PropertyKey[],
  rules: readonly ApprovalRule[],
  roles: ApplicationSettings["promotion"]["roles"],
  at: Add,
): void {
  rules.forEach((rule, index) => {
    const members = rule.roles.map((name, place) => {
      const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
      if (role === undefined) at([...where, index, "roles", place], `names the role "${name}", which promotion.roles does not declare`);
      return role;
    });
    const known = new Set(members.flatMap((role) => role?.people ?? [])).size;
    const unbounded = members.some((role) => role === undefined || role.teams.length > 0);
    if (!unbounded && known < rule.count) at([...where, index, "count"], `asks for ${rule.count} people, and these roles have ${known}`);
  });
}

function checkHotfix({ soak, checks, hotfix }: Gates, at: Add): void {
  if (hotfix.soak !== undefined && (soak === undefined || seconds(hotfix.soak) >= seconds(soak)))
    at(["hotfix", "soak"], "must be shorter than the normal soak, or be left out");
  const before = checks.filter(({ when }) => when === "before").map(({ name }) => name);
  (hotfix.checks ?? []).forEach((name, index) => {
    if (!before.includes(name)) at(["hotfix", "checks", index], `names "${name}", which is no check before this environment`);
  });
}

function leadsBack(promotion: ApplicationSettings["promotion"], start: string): boolean {
  const seen = new Set<string>();
  const queue = [...(directUpstream(promotion, start)?.nodes ?? [])];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (node === start) return true;
    if (seen.has(node)) continue;
    seen.add(node);
    queue.push(...(directUpstream(promotion, node)?.nodes ?? []));
  }
  return false;
}
