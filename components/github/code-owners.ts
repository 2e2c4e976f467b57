import { RepositoryFile } from "@pulumi/github/repositoryFile.js";
import * as pulumi from "@pulumi/pulumi";
import { CODE_OWNERS_FILE, codeOwnersText } from "./code-owners-text.ts";
import type { RepositorySettings } from "./repository.schema.ts";

export interface CodeOwnersArgs {
  readonly repository: RepositorySettings;
  readonly branch: string;
}

/** CODEOWNERS, committed to a branch by the stack: for repositories where the automation may push past reviews. */
export class CodeOwners extends pulumi.ComponentResource {
  constructor(name: string, { repository, branch }: CodeOwnersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("liftlock:github:CodeOwners", name, {}, opts);
    const content = codeOwnersText(repository);
    new RepositoryFile(
      name,
      {
        repository: repository.name,
        branch,
        file: CODE_OWNERS_FILE,
        content,
        // Without a message of ours, later changes would repeat the provider's "Add …".
        commitMessage: "Bring the code owners in line with the settings",
        overwriteOnCreate: true,
      },
      { parent: this, retainOnDelete: true },
    );
    this.registerOutputs({});
  }
}
