/**
 * The actions that workflows use, each pinned to the commit that its tag stood for in the action's own repository when it was looked up
 * (2026-11). A tag can be moved; a commit cannot.
 */
export const ACTIONS = {
  checkout: { uses: "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", version: "v7.0.1" },
  setupNode: { uses: "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020", version: "v7.0.0" },
  uploadArtifact: { uses: "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", version: "v7.0.0" },
  downloadArtifact: { uses: "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", version: "v8.0.1" },
  pulumi: { uses: "pulumi/actions@8e5e406f4007fca908480587cb9893c07090f58d", version: "v7.0.0" },
} as const;

export type ActionName = keyof typeof ACTIONS;
