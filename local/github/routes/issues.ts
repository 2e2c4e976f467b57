import { levelOf } from "../access.ts";
import { type Call, optional, type Route, text, z } from "../http/call.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Comment, Issue, Repo } from "../state.ts";
import { commentView, issueView, labelView } from "../views/work.ts";

const AT = "/repos/{owner}/{repo}/issues";
const COMMENT = `${AT}/comments/{comment_id}`;

export const issues: Route[] = [
  ["GET", AT, list],
  ["POST", AT, create],
  [
    "GET",
    COMMENT,
    (call) => withComment(call, "pull", (repo, issue, comment) => ({ body: commentView(call.hub, call.root, repo, issue, comment) })),
  ],
  ["PATCH", COMMENT, changeComment],
  ["DELETE", COMMENT, removeComment],
  [
    "GET",
    `${AT}/{issue_number}`,
    (call) => withIssue(call, false, (repo, issue) => ({ body: issueView(call.hub, call.root, repo, issue) })),
  ],
  ["PATCH", `${AT}/{issue_number}`, update],
  [
    "GET",
    `${AT}/{issue_number}/comments`,
    (call) =>
      withIssue(call, false, (repo, issue) => ({
        page: issue.comments.map((comment) => commentView(call.hub, call.root, repo, issue, comment)),
      })),
  ],
  ["POST", `${AT}/{issue_number}/comments`, addComment],
  ["GET", `${AT}/{issue_number}/labels`, (call) => withIssue(call, false, (repo, issue) => ({ page: labels(call, repo, issue) }))],
  ["POST", `${AT}/{issue_number}/labels`, addLabels],
  ["DELETE", `${AT}/{issue_number}/labels/{name}`, removeLabel],
];

/** Anybody who reads may open an issue; whose it is, and who may write, may change it. */
export function withIssue<T>(call: Call, write: boolean, action: (repo: Repo, issue: Issue) => T): T {
  const repo = call.repo("pull", "issues", write);
  const issue = repo.issues[call.number("issue_number")];
  if (issue === undefined) throw notFound();
  return action(repo, issue);
}
const mayChange = (call: Call, repo: Repo, author: string): void => {
  const level = levelOf(call.hub, repo, call.login());
  if (author !== call.login() && (level === undefined || level === "pull")) throw new Refusal(403, "Must have admin rights to Repository.");
};

function list(call: Call) {
  const repo = call.repo("pull", "issues");
  const state = call.query.get("state") ?? "open";
  const wanted = call.query.get("labels")?.split(",") ?? [];
  const creator = call.query.get("creator");
  const found = Object.values(repo.issues).filter(
    (issue) =>
      (state === "all" || issue.state === state) &&
      wanted.every((label) => issue.labels.includes(label)) &&
      (creator === null || issue.author === creator),
  );
  return { page: found.reverse().map((issue) => issueView(call.hub, call.root, repo, issue)) };
}

const labelNames = z
  .array(z.union([text, z.object({ name: text })]))
  .transform((all) => all.map((label) => (typeof label === "string" ? label : label.name)));

/** Labels that the repository does not have yet are made on the way. */
export function known(call: Call, repo: Repo, names: readonly string[]): string[] {
  for (const name of names) repo.labels[name.toLowerCase()] ??= { id: call.hub.id(), name, color: "ededed", description: null };
  return [...new Set(names)];
}

export function newIssue(
  call: Call,
  repo: Repo,
  fields: { title: string; body?: string | null; labels?: string[]; assignees?: string[] },
): Issue {
  const at = call.hub.time();
  const number = repo.nextNumber++;
  const issue: Issue = {
    id: call.hub.id(),
    number,
    title: fields.title,
    body: fields.body ?? null,
    state: "open",
    stateReason: null,
    author: call.login(),
    labels: known(call, repo, fields.labels ?? []),
    assignees: fields.assignees ?? [],
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    comments: [],
  };
  repo.issues[number] = issue;
  return issue;
}

async function create(call: Call) {
  const repo = call.repo("pull", "issues", true);
  if (!repo.settings.has_issues) throw new Refusal(410, "Issues has been disabled in this repository.");
  const body = call.body(
    z.object({
      title: z.union([text.min(1), z.number()]).transform(String),
      body: optional.text,
      labels: labelNames.optional(),
      assignees: z.array(text).optional(),
    }),
  );
  const issue = newIssue(call, repo, body);
  await call.hub.save();
  return { status: 201, body: issueView(call.hub, call.root, repo, issue) };
}

export const issueChanges = z.object({
  title: text.min(1).optional(),
  body: optional.text,
  state: z.enum(["open", "closed"]).optional(),
  state_reason: z.enum(["completed", "not_planned", "duplicate", "reopened"]).nullish(),
  labels: labelNames.optional(),
  assignees: z.array(text).optional(),
});

export function applyIssue(call: Call, repo: Repo, issue: Issue, body: z.infer<typeof issueChanges>): void {
  if (body.title !== undefined) issue.title = body.title;
  if (body.body !== undefined) issue.body = body.body;
  if (body.labels !== undefined) issue.labels = known(call, repo, body.labels);
  if (body.assignees !== undefined) issue.assignees = body.assignees;
  if (body.state !== undefined && body.state !== issue.state) {
    issue.state = body.state;
    issue.closedAt = body.state === "closed" ? call.hub.time() : null;
    issue.stateReason = body.state_reason ?? (body.state === "closed" ? "completed" : "reopened");
  }
  issue.updatedAt = call.hub.time();
}

function update(call: Call) {
  return withIssue(call, true, async (repo, issue) => {
    mayChange(call, repo, issue.author);
    applyIssue(call, repo, issue, call.body(issueChanges));
    await call.hub.save();
    return { body: issueView(call.hub, call.root, repo, issue) };
  });
}

const commentBody = z.object({ body: text.min(1) });

function addComment(call: Call) {
  return withIssue(call, true, async (repo, issue) => {
    const at = call.hub.time();
    const comment: Comment = { id: call.hub.id(), author: call.login(), body: call.body(commentBody).body, createdAt: at, updatedAt: at };
    issue.comments.push(comment);
    issue.updatedAt = at;
    await call.hub.save();
    return { status: 201, body: commentView(call.hub, call.root, repo, issue, comment) };
  });
}

function withComment<T>(call: Call, level: "pull" | "write", action: (repo: Repo, issue: Issue, comment: Comment) => T): T {
  const repo = call.repo("pull", "issues", level === "write");
  for (const issue of Object.values(repo.issues)) {
    const comment = issue.comments.find(({ id }) => id === call.number("comment_id"));
    if (comment === undefined) continue;
    if (level === "write") mayChange(call, repo, comment.author);
    return action(repo, issue, comment);
  }
  throw notFound();
}

function changeComment(call: Call) {
  return withComment(call, "write", async (repo, issue, comment) => {
    Object.assign(comment, { body: call.body(commentBody).body, updatedAt: call.hub.time() });
    await call.hub.save();
    return { body: commentView(call.hub, call.root, repo, issue, comment) };
  });
}

function removeComment(call: Call) {
  return withComment(call, "write", async (_, issue, comment) => {
    issue.comments.splice(issue.comments.indexOf(comment), 1);
    await call.hub.save();
    return { status: 204 };
  });
}

const labels = (call: Call, repo: Repo, issue: Issue): object[] =>
  issue.labels.map((name) => labelView(call.root, repo, repo.labels[name.toLowerCase()]!));

function addLabels(call: Call) {
  return withIssue(call, true, async (repo, issue) => {
    const body = call.body(z.union([z.object({ labels: labelNames }), labelNames.transform((all) => ({ labels: all }))]));
    issue.labels = known(call, repo, [...issue.labels, ...body.labels]);
    await call.hub.save();
    return { body: labels(call, repo, issue) };
  });
}

function removeLabel(call: Call) {
  return withIssue(call, true, async (repo, issue) => {
    const name = call.param("name");
    if (!issue.labels.includes(name)) throw new Refusal(404, "Label does not exist");
    issue.labels = issue.labels.filter((label) => label !== name);
    await call.hub.save();
    return { body: labels(call, repo, issue) };
  });
}
