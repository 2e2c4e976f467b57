/**
 * The part of GitHub's GraphQL schema that programs and the command use. A test holds every type, field and argument of it against
 * GitHub's own schema, so that a query which works here works there.
 */
export const SDL = /* GraphQL */ `
scalar DateTime
scalar URI
interface Node { id: ID! }
interface Actor { login: String! }
union PushAllowanceActor = App | Team | User
union BranchActorAllowanceActor = App | Team | User
union ReviewDismissalAllowanceActor = App | Team | User
type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String }
type App implements Node { id: ID! name: String! slug: String! databaseId: Int }
type User implements Node & Actor { id: ID! name: String login: String! databaseId: Int email: String! }
type Organization implements Node & Actor { id: ID! name: String login: String! databaseId: Int team(slug: String!): Team }
type Team implements Node { id: ID! name: String! slug: String! databaseId: Int combinedSlug: String! description: String }
type Repository implements Node {
  id: ID!
  name: String!
  nameWithOwner: String!
  databaseId: Int
  isPrivate: Boolean!
  branchProtectionRules(after: String, before: String, first: Int, last: Int): BranchProtectionRuleConnection!
  pullRequest(number: Int!): PullRequest
}
type BranchProtectionRuleConnection { nodes: [BranchProtectionRule] pageInfo: PageInfo! totalCount: Int! }
type BranchProtectionRule implements Node {
  id: ID!
  databaseId: Int
  pattern: String!
  repository: Repository
  creator: Actor
  allowsDeletions: Boolean!
  allowsForcePushes: Boolean!
  blocksCreations: Boolean!
  dismissesStaleReviews: Boolean!
  isAdminEnforced: Boolean!
  lockBranch: Boolean!
  requireLastPushApproval: Boolean!
  requiredApprovingReviewCount: Int
  requiredStatusCheckContexts: [String]
  requiresApprovingReviews: Boolean!
  requiresCodeOwnerReviews: Boolean!
  requiresCommitSignatures: Boolean!
  requiresConversationResolution: Boolean!
  requiresLinearHistory: Boolean!
  requiresStatusChecks: Boolean!
  requiresStrictStatusChecks: Boolean!
  restrictsPushes: Boolean!
  restrictsReviewDismissals: Boolean!
  pushAllowances(after: String, before: String, first: Int, last: Int): PushAllowanceConnection!
  reviewDismissalAllowances(after: String, before: String, first: Int, last: Int): ReviewDismissalAllowanceConnection!
  bypassForcePushAllowances(after: String, before: String, first: Int, last: Int): BypassForcePushAllowanceConnection!
  bypassPullRequestAllowances(after: String, before: String, first: Int, last: Int): BypassPullRequestAllowanceConnection!
}
type PushAllowanceConnection { nodes: [PushAllowance] pageInfo: PageInfo! totalCount: Int! }
type PushAllowance { actor: PushAllowanceActor }
type ReviewDismissalAllowanceConnection { nodes: [ReviewDismissalAllowance] pageInfo: PageInfo! totalCount: Int! }
type ReviewDismissalAllowance { actor: ReviewDismissalAllowanceActor }
type BypassForcePushAllowanceConnection { nodes: [BypassForcePushAllowance] pageInfo: PageInfo! totalCount: Int! }
type BypassForcePushAllowance { actor: BranchActorAllowanceActor }
type BypassPullRequestAllowanceConnection { nodes: [BypassPullRequestAllowance] pageInfo: PageInfo! totalCount: Int! }
type BypassPullRequestAllowance { actor: BranchActorAllowanceActor }
type PullRequest implements Node {
  id: ID!
  number: Int!
  title: String!
  isDraft: Boolean!
  reviewThreads(after: String, before: String, first: Int, last: Int): PullRequestReviewThreadConnection!
}
type PullRequestReviewThreadConnection { nodes: [PullRequestReviewThread] pageInfo: PageInfo! totalCount: Int! }
type PullRequestReviewThread implements Node { id: ID! isResolved: Boolean! path: String! resolvedBy: User }
type Query {
  node(id: ID!): Node
  viewer: User!
  user(login: String!): User
  organization(login: String!): Organization
  repository(followRenames: Boolean, name: String!, owner: String!): Repository
}
input CreateBranchProtectionRuleInput {
  clientMutationId: String
  repositoryId: ID!
  pattern: String!
  allowsDeletions: Boolean
  allowsForcePushes: Boolean
  blocksCreations: Boolean
  bypassForcePushActorIds: [ID!]
  bypassPullRequestActorIds: [ID!]
  dismissesStaleReviews: Boolean
  isAdminEnforced: Boolean
  lockBranch: Boolean
  pushActorIds: [ID!]
  requireLastPushApproval: Boolean
  requiredApprovingReviewCount: Int
  requiredStatusCheckContexts: [String!]
  requiresApprovingReviews: Boolean
  requiresCodeOwnerReviews: Boolean
  requiresCommitSignatures: Boolean
  requiresConversationResolution: Boolean
  requiresLinearHistory: Boolean
  requiresStatusChecks: Boolean
  requiresStrictStatusChecks: Boolean
  restrictsPushes: Boolean
  restrictsReviewDismissals: Boolean
  reviewDismissalActorIds: [ID!]
}
input UpdateBranchProtectionRuleInput {
  clientMutationId: String
  branchProtectionRuleId: ID!
  pattern: String
  allowsDeletions: Boolean
  allowsForcePushes: Boolean
  blocksCreations: Boolean
  bypassForcePushActorIds: [ID!]
  bypassPullRequestActorIds: [ID!]
  dismissesStaleReviews: Boolean
  isAdminEnforced: Boolean
  lockBranch: Boolean
  pushActorIds: [ID!]
  requireLastPushApproval: Boolean
  requiredApprovingReviewCount: Int
  requiredStatusCheckContexts: [String!]
  requiresApprovingReviews: Boolean
  requiresCodeOwnerReviews: Boolean
  requiresCommitSignatures: Boolean
  requiresConversationResolution: Boolean
  requiresLinearHistory: Boolean
  requiresStatusChecks: Boolean
  requiresStrictStatusChecks: Boolean
  restrictsPushes: Boolean
  restrictsReviewDismissals: Boolean
  reviewDismissalActorIds: [ID!]
}
input DeleteBranchProtectionRuleInput { clientMutationId: String branchProtectionRuleId: ID! }
input ResolveReviewThreadInput { clientMutationId: String threadId: ID! }
input UnresolveReviewThreadInput { clientMutationId: String threadId: ID! }
input MarkPullRequestReadyForReviewInput { clientMutationId: String pullRequestId: ID! }
type CreateBranchProtectionRulePayload { clientMutationId: String branchProtectionRule: BranchProtectionRule }
type UpdateBranchProtectionRulePayload { clientMutationId: String branchProtectionRule: BranchProtectionRule }
type DeleteBranchProtectionRulePayload { clientMutationId: String }
type ResolveReviewThreadPayload { clientMutationId: String thread: PullRequestReviewThread }
type UnresolveReviewThreadPayload { clientMutationId: String thread: PullRequestReviewThread }
type MarkPullRequestReadyForReviewPayload { clientMutationId: String pullRequest: PullRequest }
type Mutation {
  createBranchProtectionRule(input: CreateBranchProtectionRuleInput!): CreateBranchProtectionRulePayload
  updateBranchProtectionRule(input: UpdateBranchProtectionRuleInput!): UpdateBranchProtectionRulePayload
  deleteBranchProtectionRule(input: DeleteBranchProtectionRuleInput!): DeleteBranchProtectionRulePayload
  resolveReviewThread(input: ResolveReviewThreadInput!): ResolveReviewThreadPayload
  unresolveReviewThread(input: UnresolveReviewThreadInput!): UnresolveReviewThreadPayload
  markPullRequestReadyForReview(input: MarkPullRequestReadyForReviewInput!): MarkPullRequestReadyForReviewPayload
}
`;
