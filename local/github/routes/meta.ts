import { changeReference } from "../git/references.ts";
import { ZERO } from "../git/repository.ts";
import { type Call, optional, type Route, text, z } from "../http/call.ts";
import { nodeId } from "../node-id.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Release, Repo } from "../state.ts";
import { userNamed } from "../views/people.ts";
import { repoPage, repoUrl } from "../views/repository.ts";
import { commitAt } from "./git.ts";

const RELEASES = "/repos/{owner}/{repo}/releases";

export const meta: Route[] = [
  ["GET", "/rate_limit", rateLimit],
  ["GET", "/repos/{owner}/{repo}/activity", activity],
  ["GET", "/orgs/{org}/audit-log", auditLog],
  [
    "GET",
    RELEASES,
    (call) => ({ page: [...readable(call).releases].reverse().map((release) => releaseView(call, readable(call), release)) }),
  ],
  ["POST", RELEASES, createRelease],
  ["GET", `${RELEASES}/tags/{tag}`, releaseByTag],
];

const readable = (call: Call): Repo => call.repo("pull", "contents");

function rateLimit(call: Call) {
  const reset = Math.floor(Date.parse(call.hub.time()) / 1000) + 3600;
  const limit = (max: number) => ({ limit: max, used: 1, remaining: max - 1, reset });
  return { body: { resources: { core: limit(5000), search: limit(30), graphql: limit(5000) }, rate: limit(5000) } };
}

function activity(call: Call) {
  const repo = readable(call);
  const [ref, type, actor] = [call.query.get("ref"), call.query.get("activity_type"), call.query.get("actor")];
  const found = repo.activity.filter(
    (entry) =>
      (ref === null || entry.ref === ref || entry.ref === `refs/heads/${ref}`) &&
      (type === null || entry.type === type) &&
      (actor === null || entry.actor === actor),
  );
  return {
    page: found.map(({ id, ref: of, before, after, type: activity_type, actor: login, at }) => ({
      id,
      node_id: nodeId("PSH", id),
      before,
      after,
      ref: of,
      timestamp: at,
      activity_type,
      actor: userNamed(call.hub, call.root, login),
    })),
  };
}

/** Only owners read it, and only Enterprise has it over the API (docs: "Reviewing the audit log for your organization"). */
function auditLog(call: Call) {
  const org = call.org("admin", "read:audit_log");
  if (org.plan !== "enterprise") throw notFound();
  const phrase = call.query.get("phrase") ?? "";
  const terms = phrase
    .split(/\s+/)
    .filter(Boolean)
    .map((term) => term.split(":") as [string, string]);
  const found = org.auditLog.filter((entry) =>
    terms.every(([key, value]) =>
      key === "repo"
        ? entry.repo === value
        : key === "actor"
          ? entry.actor === value
          : key === "action"
            ? entry.action.startsWith(value)
            : true,
    ),
  );
  return {
    page: found.map(({ at, actor, action, repo, detail }, index) => ({
      "@timestamp": Date.parse(at),
      _document_id: `${Date.parse(at)}-${index}`,
      action,
      actor,
      actor_id: call.hub.account(actor).id,
      created_at: Date.parse(at),
      org: org.login,
      org_id: org.id,
      ...(repo === null ? {} : { repo }),
      ...detail,
    })),
  };
}

function releaseView(call: Call, repo: Repo, release: Release): object {
  const url = `${repoUrl(call.root, repo)}/releases/${release.id}`;
  return {
    url,
    html_url: `${repoPage(call.root, repo)}/releases/tag/${encodeURIComponent(release.tag)}`,
    assets_url: `${url}/assets`,
    upload_url: `${url}/assets{?name,label}`,
    tarball_url: `${repoUrl(call.root, repo)}/tarball/${release.tag}`,
    zipball_url: `${repoUrl(call.root, repo)}/zipball/${release.tag}`,
    id: release.id,
    node_id: nodeId("RE", release.id),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    body: release.body,
    draft: release.draft,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    published_at: release.publishedAt,
    author: userNamed(call.hub, call.root, release.author),
    assets: [],
  };
}

async function createRelease(call: Call) {
  const repo = call.repo("push", "contents");
  const body = call.body(
    z.object({
      tag_name: text.min(1),
      target_commitish: text.optional(),
      name: optional.text,
      body: optional.text,
      draft: z.boolean().default(false),
      prerelease: z.boolean().default(false),
    }),
  );
  const git = call.hub.git(repo);
  const target = body.target_commitish ?? repo.settings.default_branch;
  if (repo.releases.some(({ tag }) => tag === body.tag_name))
    throw new Refusal(422, "Validation Failed", [{ resource: "Release", code: "already_exists", field: "tag_name" }]);
  const ref = `refs/tags/${body.tag_name}`;
  if (!body.draft && (await git.resolve(ref, "")) === undefined)
    await changeReference(call.hub, repo, { ref, before: ZERO, after: await commitAt(git, target, 422) }, call.login());
  const at = call.hub.time();
  const release: Release = {
    id: call.hub.id(),
    tag: body.tag_name,
    target,
    name: body.name ?? null,
    body: body.body ?? null,
    draft: body.draft,
    prerelease: body.prerelease,
    author: call.login(),
    createdAt: at,
    publishedAt: body.draft ? null : at,
  };
  repo.releases.push(release);
  await call.hub.save();
  return { status: 201, body: releaseView(call, repo, release) };
}

function releaseByTag(call: Call) {
  const repo = readable(call);
  const release = repo.releases.find(({ tag, draft }) => tag === call.param("tag") && !draft);
  if (release === undefined) throw notFound();
  return { body: releaseView(call, repo, release) };
}
