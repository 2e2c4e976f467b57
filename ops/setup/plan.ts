/** One thing that the real world lacks: what it is, and the command line of the Pulumi CLI that makes it. */
export interface SetupStep {
  readonly what: string;
  readonly args: readonly string[];
}

export interface Setting {
  readonly stacks: readonly string[];
  /** Stacks that the backend has; undefined: it was not asked. */
  readonly existing?: readonly string[] | undefined;
  /** Where the CLI is logged in. */
  readonly backend?: string | undefined;
  readonly wanted: { readonly backend?: string | undefined; readonly secretsProvider?: string | undefined };
}

/** What is missing, in the order in which it is made. */
export function setupSteps({ stacks, existing = [], backend, wanted }: Setting): SetupStep[] {
  const login = wanted.backend !== undefined && wanted.backend !== backend;
  return [
    ...(login ? [{ what: `keep state in ${withoutQuery(wanted.backend!)}`, args: ["login", wanted.backend!] }] : []),
    ...stacks
      .filter((stack) => login || !existing.includes(stack))
      .map((stack) => ({
        what: `make the stack ${stack}${wanted.secretsProvider === undefined ? "" : `, its secrets encrypted by ${withoutQuery(wanted.secretsProvider)}`}`,
        args: [
          "stack",
          "init",
          stack,
          "--no-select",
          ...(wanted.secretsProvider === undefined ? [] : ["--secrets-provider", wanted.secretsProvider]),
        ],
      })),
  ];
}

const withoutQuery = (url: string): string => url.replace(/\?.*$/, "");

/** As a person would type it. */
export const commandLine = ({ args }: SetupStep): string =>
  ["pulumi", ...args].map((arg) => (/[^\w@%+=:,./-]/.test(arg) ? `'${arg}'` : arg)).join(" ");
