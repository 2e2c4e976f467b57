import type { Command } from "commander";

/** What a person looks for, and the commands that do it: as help shows them. A command that stands nowhere is refused by a test. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  "Environments:": ["preview", "up", "destroy", "refresh", "outputs", "history", "stacks", "render", "export", "import", "cancel"],
  "Releases:": ["release", "promote", "rollback", "hotfix", "back-port", "break-glass", "rehearse", "watch"],
  "Where things stand:": ["status", "why", "log", "diff", "drift", "metrics", "report"],
  "What people and pipelines say to the gates:": [
    "approve",
    "check",
    "confirm-migrations",
    "freeze",
    "unfreeze",
    "hold",
    "release-hold",
    "incident",
  ],
  "Data and secrets:": ["backups", "restore", "secret"],
  "GitHub and other automation:": ["workflows", "source-branch", "publish", "comment", "scan", "operator"],
  "Begin, and this machine:": ["demo", "init", "setup", "document", "local", "doctor"],
};

export function groupHelp(program: Command): void {
  const groups = Object.entries(GROUPS).flatMap(([heading, names]) => names.map((name) => [name, heading] as const));
  const headings = new Map(groups);
  for (const command of program.commands) {
    const heading = headings.get(command.name());
    if (heading !== undefined) command.helpGroup(heading);
  }
}
