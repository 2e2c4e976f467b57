import {
  buildSchema,
  execute,
  GraphQLError,
  type GraphQLSchema,
  OverlappingFieldsCanBeMergedRule,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import type { Viewer } from "../access.ts";
import type { Hub } from "../hub.ts";
import { rootOf } from "./root.ts";
import { SDL } from "./schema.ts";

let schema: GraphQLSchema | undefined;
// The real provider's own query asks for `name` of users (nullable) and teams (not) side by side, which GitHub answers all the same.
const rules = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);

/** Answers a query or mutation as GitHub does: status 200, faults in `errors`. */
export async function answerGraphql(
  hub: Hub,
  viewer: Viewer,
  url: string,
  { query, variables }: { query?: string; variables?: Record<string, unknown> },
): Promise<unknown> {
  schema ??= buildSchema(SDL);
  if (query === undefined) return { errors: [{ message: "A query attribute must be specified and must be a string." }] };
  try {
    const document = parse(query);
    const faults = validate(schema, document, rules);
    if (faults.length > 0) return { errors: faults };
    const rootValue = rootOf(hub, viewer);
    const { data, errors } = await execute({ schema, document, rootValue, variableValues: variables, contextValue: { url } });
    return { data, ...(errors ? { errors: errors.map(shown) } : {}) };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [shown(error)] };
    throw error;
  }
}

/** GitHub adds a `type` to what goes wrong while it answers: NOT_FOUND, FORBIDDEN, UNPROCESSABLE. */
const shown = (error: GraphQLError): object => ({
  ...(error.extensions.type === undefined ? {} : { type: error.extensions.type }),
  message: error.message,
  path: error.path,
  locations: error.locations,
});
