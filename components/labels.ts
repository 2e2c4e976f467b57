/**
 * Kubernetes' recommended labels. Selectors use `app.kubernetes.io/name` alone: a selector cannot change later without
 * replacing the workload, so nothing that varies (version, colour, release) may ever be part of it.
 */
export const nameLabel = "app.kubernetes.io/name";

export const selectorOf = (name: string): Record<string, string> => ({ [nameLabel]: name });

export const labelsOf = (name: string, application: string): Record<string, string> => ({
  [nameLabel]: name,
  "app.kubernetes.io/instance": name,
  "app.kubernetes.io/part-of": application,
});

/** Prefix of labels and annotations of our own. */
export const own = (key: string): string => `liftlock.dev/${key}`;
