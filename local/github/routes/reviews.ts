import { isInTeam, levelOf } from "../access.ts";
import { type Call, type Route, text, z } from "../http/call.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Issue, Pull, Repo, Review, Thread } from "../state.ts";
import { teamView, userNamed } from "../views/people.ts";
import { pullSimple, reviewCommentView, reviewView } from "../views/work.ts";
import { withPull } from "./pulls.ts";

const AT = "/repos/{owner}/{repo}/pulls/{pull_number}";

export const reviews: Route[] = [
  [
    "GET",
    `${AT}/reviews`,
    (call) =>
      withPull(call, "pull", (repo, pull) => ({ page: pull.reviews.map((review) => reviewView(call.hub, call.root, repo, pull, review)) })),
  ],
  ["POST", `${AT}/reviews`, (call) => withPull(call, "author", create)],
  [
    "GET",
    `${AT}/reviews/{review_id}`,
    (call) => withReview(call, (repo, pull, review) => ({ body: reviewView(call.hub, call.root, repo, pull, review) })),
  ],
  ["PUT", `${AT}/reviews/{review_id}/dismissals`, dismiss],
  ["GET", `${AT}/requested_reviewers`, (call) => withPull(call, "pull", requested)],
  ["POST", `${AT}/requested_reviewers`, (call) => withPull(call, "push", request)],
  ["DELETE", `${AT}/requested_reviewers`, (call) => withPull(call, "push", withdraw)],
  [
    "GET",
    `${AT}/comments`,
    (call) =>
      withPull(call, "pull", (repo, pull) => ({
        page: pull.threads.map((thread) => reviewCommentView(call.hub, call.root, repo, pull, thread)),
      })),
  ],
  ["POST", `${AT}/comments`, (call) => withPull(call, "author", comment)],
];

const STATES = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

async function create(repo: Repo, pull: Pull, issue: Issue, call: Call) {
  const body = call.body(
    z.object({ event: z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]).optional(), body: text.default(""), commit_id: text.optional() }),
  );
  const login = call.login();
  const fail = (message: string) => new Refusal(422, "Unprocessable Entity", [message]);
  if (login === issue.author && body.event === "APPROVE") throw fail("Can not approve your own pull request");
  if (login === issue.author && body.event === "REQUEST_CHANGES") throw fail("Can not request changes on your own pull request");
  if (issue.state !== "open" && body.event !== "COMMENT") throw fail("Can not review a pull request that is closed");
  const review: Review = {
    id: call.hub.id(),
    author: login,
    state: body.event === undefined ? "PENDING" : STATES[body.event],
    body: body.body,
    commitId: body.commit_id ?? pull.headSha,
    submittedAt: call.hub.time(),
  };
  pull.reviews.push(review);
  pull.requestedUsers = pull.requestedUsers.filter((user) => user !== login);
  const org = call.hub.account(repo.owner);
  pull.requestedTeams = pull.requestedTeams.filter((slug) => org.teams[slug] === undefined || !isInTeam(org, org.teams[slug], login));
  issue.updatedAt = call.hub.time();
  await call.hub.save();
  return { body: reviewView(call.hub, call.root, repo, pull, review) };
}

function withReview<T>(call: Call, action: (repo: Repo, pull: Pull, review: Review) => T, write = false): T {
  return withPull(call, write ? "push" : "pull", (repo, pull) => {
    const review = pull.reviews.find(({ id }) => id === call.number("review_id"));
    if (review === undefined) throw notFound();
    return action(repo, pull, review);
  });
}

function dismiss(call: Call) {
  return withReview(
    call,
    async (repo, pull, review) => {
      call.body(z.object({ message: text.min(1) }));
      if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED")
        throw new Refusal(422, "Unprocessable Entity", ["Can not dismiss a commented pull request review"]);
      review.state = "DISMISSED";
      await call.hub.save();
      return { body: reviewView(call.hub, call.root, repo, pull, review) };
    },
    true,
  );
}

function requested(repo: Repo, pull: Pull, _: Issue, call: Call) {
  const org = call.hub.account(repo.owner);
  return {
    body: {
      users: pull.requestedUsers.flatMap((login) => userNamed(call.hub, call.root, login) ?? []),
      teams: pull.requestedTeams.flatMap((slug) => (org.teams[slug] === undefined ? [] : [teamView(call.root, org, org.teams[slug])])),
    },
  };
}

const reviewers = z.object({ reviewers: z.array(text).default([]), team_reviewers: z.array(text).default([]) });

async function request(repo: Repo, pull: Pull, issue: Issue, call: Call) {
  const body = call.body(reviewers);
  const org = call.hub.account(repo.owner);
  if (body.reviewers.includes(issue.author)) throw new Refusal(422, "Review cannot be requested from pull request author.");
  const strangers = body.reviewers.some(
    (login) => call.hub.state.accounts[login.toLowerCase()] === undefined || levelOf(call.hub, repo, login) === undefined,
  );
  if (strangers || body.team_reviewers.some((slug) => org.teams[slug] === undefined))
    throw new Refusal(
      422,
      "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.",
    );
  pull.requestedUsers = [...new Set([...pull.requestedUsers, ...body.reviewers])];
  pull.requestedTeams = [...new Set([...pull.requestedTeams, ...body.team_reviewers])];
  await call.hub.save();
  return { status: 201, body: pullSimple(call.hub, call.root, repo, pull) };
}

async function withdraw(repo: Repo, pull: Pull, _: Issue, call: Call) {
  const body = call.body(reviewers);
  pull.requestedUsers = pull.requestedUsers.filter((login) => !body.reviewers.includes(login));
  pull.requestedTeams = pull.requestedTeams.filter((slug) => !body.team_reviewers.includes(slug));
  await call.hub.save();
  return { body: pullSimple(call.hub, call.root, repo, pull) };
}

async function comment(repo: Repo, pull: Pull, _: Issue, call: Call) {
  const body = call.body(z.object({ body: text.min(1), commit_id: text, path: text }));
  const thread: Thread = {
    id: call.hub.id(),
    path: body.path,
    body: body.body,
    author: call.login(),
    commitId: body.commit_id,
    createdAt: call.hub.time(),
    resolvedBy: null,
  };
  pull.threads.push(thread);
  await call.hub.save();
  return { status: 201, body: reviewCommentView(call.hub, call.root, repo, pull, thread) };
}
