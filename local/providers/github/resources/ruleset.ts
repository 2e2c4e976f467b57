import { isMap, type PropertyMap, type Value } from "../../../engine/values.ts";
import { type Session, unlessGone } from "../client.ts";
import { type Handler, idOf, partsOf, text } from "../handler.ts";

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (key: string): string => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
/** Names that differ between the resource and the API beyond their case. */
const TO_API: Readonly<Record<string, string>> = {
  required_checks: "required_status_checks",
  required_code_scanning_tools: "code_scanning_tools",
};
const FROM_API = Object.fromEntries(Object.entries(TO_API).map(([ours, theirs]) => [theirs, ours]));
const RULE_TO_API: Readonly<Record<string, string>> = { required_code_scanning: "code_scanning" };
const RULE_FROM_API = Object.fromEntries(Object.entries(RULE_TO_API).map(([ours, theirs]) => [theirs, ours]));

function toApi(value: Value): unknown {
  if (Array.isArray(value)) return value.map(toApi);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([key, inner]) => !(key === "integrationId" && inner === 0));
  return Object.fromEntries(entries.map(([key, inner]) => [TO_API[snake(key)] ?? snake(key), toApi(inner)]));
}
function fromApi(value: unknown): Value {
  if (Array.isArray(value)) return value.map(fromApi);
  if (typeof value !== "object" || value === null) return value as Value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [camel(FROM_API[key] ?? key), fromApi(inner)]));
}

/** What GitHub wants to have said, where a program may leave it out. */
const PARAMETERS: Readonly<Record<string, PropertyMap>> = {
  pullRequest: {
    dismissStaleReviewsOnPush: false,
    requireCodeOwnerReview: false,
    requireLastPushApproval: false,
    requiredApprovingReviewCount: 0,
    requiredReviewThreadResolution: false,
  },
  requiredStatusChecks: { strictRequiredStatusChecksPolicy: false },
};

interface ApiRule {
  type: string;
  parameters?: Record<string, unknown>;
}

function rulesOf(rules: PropertyMap): ApiRule[] {
  return Object.entries(rules).flatMap(([key, value]): ApiRule[] => {
    if (key === "updateAllowsFetchAndMerge" || value === false) return [];
    const type = RULE_TO_API[snake(key)] ?? snake(key);
    if (key === "update" && rules.updateAllowsFetchAndMerge === true)
      return [{ type, parameters: { update_allows_fetch_and_merge: true } }];
    return value === true
      ? [{ type }]
      : [{ type, parameters: toApi({ ...PARAMETERS[key], ...(value as PropertyMap) }) as Record<string, unknown> }];
  });
}

function rulesFrom(rules: readonly ApiRule[]): PropertyMap {
  const found: PropertyMap = {};
  for (const { type, parameters } of rules) {
    const key = camel(RULE_FROM_API[type] ?? type);
    if (type === "update")
      Object.assign(found, { update: true }, parameters?.update_allows_fetch_and_merge === true ? { updateAllowsFetchAndMerge: true } : {});
    else found[key] = parameters === undefined || Object.keys(parameters).length === 0 ? true : fromApi(parameters);
  }
  return found;
}

function bodyOf(inputs: PropertyMap): Record<string, unknown> {
  const conditions = isMap(inputs.conditions) && isMap(inputs.conditions.refName) ? inputs.conditions.refName : undefined;
  return {
    name: inputs.name,
    target: inputs.target,
    enforcement: inputs.enforcement,
    bypass_actors: ((inputs.bypassActors ?? []) as PropertyMap[]).map(toApi),
    ...(conditions === undefined ? {} : { conditions: { ref_name: { include: conditions.includes, exclude: conditions.excludes } } }),
    rules: rulesOf(inputs.rules as PropertyMap),
  };
}

interface ApiRuleset {
  id: number;
  node_id: string;
  name: string;
  target: string;
  enforcement: string;
  bypass_actors?: { actor_id: number | null; actor_type: string; bypass_mode: string }[];
  conditions?: { ref_name?: { include: string[]; exclude: string[] } };
  rules?: ApiRule[];
}
const at = async (session: Session, repo: string) => ({ owner: await session.owner(), repo });

export const ruleset: Handler = {
  async create({ session, inputs }) {
    const answer = await session.octokit.request("POST /repos/{owner}/{repo}/rulesets", {
      ...(await at(session, text(inputs.repository))),
      ...(bodyOf(inputs) as { name: string; enforcement: "active" }),
    });
    const { id, node_id } = answer.data as unknown as ApiRuleset;
    return { id: String(id), outputs: { ...inputs, rulesetId: id, nodeId: node_id, etag: answer.headers.etag ?? "" } };
  },
  async read({ session, id, olds }) {
    const [repository, rulesetId] = id.includes(":") ? (partsOf(id) as [string, string]) : [text(olds.repository), id];
    const asked = session.octokit.request("GET /repos/{owner}/{repo}/rulesets/{ruleset_id}", {
      ...(await at(session, repository)),
      ruleset_id: Number(rulesetId),
      includes_parents: false,
    });
    const answer = await unlessGone(asked);
    if (answer === undefined) return undefined;
    const live = answer.data as unknown as ApiRuleset;
    const refName = live.conditions?.ref_name;
    return {
      id: rulesetId,
      outputs: {
        repository,
        name: live.name,
        target: live.target,
        enforcement: live.enforcement,
        // Who may not change a ruleset is not told who bypasses it: then what we set is all that is known.
        bypassActors:
          live.bypass_actors === undefined ? (olds.bypassActors ?? []) : live.bypass_actors.map((actor) => fromApi(settledActor(actor))),
        ...(refName === undefined ? {} : { conditions: { refName: { includes: refName.include, excludes: refName.exclude } } }),
        rules: rulesFrom(live.rules ?? []),
        rulesetId: live.id,
        nodeId: live.node_id,
        etag: answer.headers.etag ?? "",
      },
    };
  },
  async update({ session, inputs, id, olds }) {
    const answer = await session.octokit.request("PUT /repos/{owner}/{repo}/rulesets/{ruleset_id}", {
      ...(await at(session, text(inputs.repository))),
      ruleset_id: Number(id),
      ...bodyOf(inputs),
    });
    return { id, outputs: { ...inputs, rulesetId: Number(id), nodeId: olds.nodeId ?? "", etag: answer.headers.etag ?? "" } };
  },
  async delete({ session, id, olds }) {
    await unlessGone(
      session.octokit.rest.repos.deleteRepoRuleset({ ...(await at(session, text(olds.repository))), ruleset_id: Number(id) }),
    );
  },
  async importId(inputs, session) {
    const all = await session.octokit.paginate("GET /repos/{owner}/{repo}/rulesets", {
      ...(await at(session, text(inputs.repository))),
      includes_parents: false,
    });
    const found = all.find(({ name }) => name === inputs.name);
    return found === undefined ? undefined : idOf(text(inputs.repository), String(found.id));
  },
};

const settledActor = ({ actor_id, ...rest }: NonNullable<ApiRuleset["bypass_actors"]>[number]): object =>
  actor_id === null ? rest : { actor_id, ...rest };
