import { Provider } from "@pulumi/github/provider.js";
import type { RepositorySettings } from "./repository.schema.ts";

/** GitHub as a stack sees it. The token comes from the environment (GITHUB_TOKEN) and is in neither settings nor state. */
export const connectGithub = ({ owner, baseUrl }: RepositorySettings): Provider =>
  new Provider("github", { owner, ...(baseUrl === undefined ? {} : { baseUrl }) });
