import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseSettings } from "../../components/parse.ts";
import { commandLines, usage } from "../github/command-lines.ts";
import { rawSettings } from "../settings/projects.ts";
import { examples } from "./examples.ts";

const fenced = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^\\1\`\`\`$`, "gm"))].map(([, , code]) => code!);

/** What each strategy has wrong, and by which words its README names it, once, with what is done instead. */
const corrections: Readonly<Record<string, readonly RegExp[]>> = {
  academiclab: [
    /git push -f origin production.*[\s\S]*pull request/,
    /git merge staging --force/,
    /reverting a merge/,
    /names nobody/,
    /gate of 72 hours/,
  ],
  contestlet: [
    /force-with-lease/,
    /SQLite in development.*PostgreSQL above/,
    /never without a verified backup/,
    /Blue-green with one database/,
    /body says "error"/,
  ],
  "job-automation": [
    /v1\.0\.0 --force/,
    /`tar` of a live SQLite file/,
    /SQLite's own backup/,
    /data\/staging\.db.*one name/,
    /HTTP 500/,
    /Prometheus forgets/,
  ],
  "life-os": [
    ...[
      /waits for the checks/,
      /builds its images anew[\s\S]*digests that staging ran/,
      /git push --force/,
      /Squash merges/,
      /Manual approval[\s\S]*public/,
    ],
    /nobody ticks a box[\s\S]*secret-scan/,
  ],
  studysphere: [
    ...[
      /automatically reverts[\s\S]*it does not/,
      /kubectl rollout undo/,
      /prisma:migrate:rollback/,
      /names the server that is to be saved/,
    ],
    ...[/Who approves.*The text decides/, /both are kept/, /files? that running pods read|file that running pods read/],
  ],
};

describe.each(examples)("the README of $name", ({ name, dir, stacks }) => {
  const text = readFileSync(path.join(dir, "README.md"), "utf8");
  // Lines in blocks, and commands within sentences.
  const inline = [...text.matchAll(/`(\.\/liftlock [^`]+)`/g)].map(([, line]) => line!);
  const commands = commandLines([...fenced(text, "sh"), ...inline].join("\n").replaceAll(/ #.*$/gm, ""));

  test("says how to deploy, promote, go back, fix at once and restore, in commands that the command line takes", () => {
    expect(commands.map(({ text: line, args }) => ({ line, fault: usage(args) }))).toEqual(
      commands.map(({ text: line }) => ({ line, fault: undefined })),
    );
    const used = new Set(commands.map(({ args: [command] }) => command));
    for (const command of ["up", "promote", "rollback", "hotfix", "restore", "why"]) expect(used, `${name}: ${command}`).toContain(command);
  });

  test("names only environments, checks and roles that there are", () => {
    const { promotion } = parse(readFileSync(path.join(dir, "Pulumi.yaml"), "utf8")).config.application.value;
    // biome-ignore lint/suspicious/noExplicitAny: settings as a person writes them
    const checks = Object.entries<any>(promotion.gates).flatMap(([stack, gates]) =>
      // biome-ignore lint/suspicious/noExplicitAny: settings as a person writes them
      (gates.checks ?? []).map((check: any) => `${check.in ?? stack} ${check.name}`),
    );
    const platform = existsSync(path.join(dir, "Pulumi.platform.yaml"));
    for (const { text: line, args } of commands) {
      const [command, first = "", second] = args;
      if (command === "check") expect(checks, line).toContain(`${first} ${second}`);
      else if (["up", "promote", "rollback", "hotfix", "approve", "restore", "backups"].includes(command!))
        expect(platform ? [...stacks, "platform"] : stacks, line).toContain(first);
      const role = args.indexOf("--role");
      if (role >= 0) expect(Object.keys(promotion.roles), line).toContain(args[role + 1]);
    }
  });

  test("leads to files that there are", () => {
    for (const [, target] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) expect(existsSync(path.join(dir, target!)), target).toBe(true);
  });

  test("says what was corrected, and why", () => {
    const [, section] = text.split(/^## Where the strategy (?:contradicts itself|is corrected)$/m);
    const items = section!.split(/\n- /).slice(1);
    for (const words of corrections[name]!)
      expect(
        items.filter((item) => words.test(item)),
        String(words),
      ).toHaveLength(1);
  });

  test("shows settings that are right", () => {
    const last = stacks.at(-1)!;
    for (const block of fenced(text, "yaml")) {
      const change = parse(block) as { services?: object; flags?: object };
      const raw = rawSettings(dir, name, last);
      const environment = { ...JSON.parse(raw.values[`${name}:environment`]!) };
      for (const [key, value] of Object.entries(change)) environment[key] = { ...environment[key], ...value };
      const parsed = parseSettings({ ...raw, values: { ...raw.values, [`${name}:environment`]: JSON.stringify(environment) } });
      expect(parsed.ok ? [] : parsed.faults, block).toEqual([]);
    }
  });
});
