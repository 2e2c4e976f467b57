/** One command of the demo, what is said before it, and how it has to end. */
export interface Step {
  readonly title: string;
  readonly say: string;
  readonly commands: readonly Expected[];
}
export interface Expected {
  readonly args: readonly string[];
  readonly exitCode: number;
  /** In what it prints; a demo that does not show what it says has failed. */
  readonly shows?: RegExp;
}

const ok = (args: string, shows?: RegExp): Expected => ({ args: args.split(" "), exitCode: 0, ...(shows ? { shows } : {}) });
const no = (args: string, shows: RegExp): Expected => ({ args: args.split(" "), exitCode: 1, shows });
const BEA = ["--as", "Bea <bea@example.com>"];

export const STEPS: readonly Step[] = [
  {
    title: "A release, and its first environment",
    say: "A release is a version, a commit and the digest of every image. It is written into development's file, and `up` brings development to it.",
    commands: [ok("release create 1.0.0", /1\.0\.0-/), ok("up development", /development.*created/)],
  },
  {
    title: "Promote it to staging",
    say: "The same digests move on; only the settings differ. What is asked before, and the way back, are said before anything changes.",
    commands: [ok("promote development staging --yes", /staging.*created/)],
  },
  {
    title: "Production says no, and why",
    say: "Before production stand a load test in staging, with evidence, and the approval of a product owner.",
    commands: [no("promote staging production --yes", /2 of \d+ gates are closed/)],
  },
  {
    title: "What it waits for",
    say: "The load test reports its result, and Bea, the product owner, approves. (Here you play all parts; in a team's ledger --as is refused.)",
    commands: [
      ok("check staging load-test passed --evidence https://ci.example.com/runs/7"),
      { args: ["approve", "production", ...BEA], exitCode: 0, shows: /Bea approved 1\.0\.0/ },
      ok("why production", /every gate is open/),
    ],
  },
  {
    title: "Promote it to production",
    say: "The same command as before; now every gate is open.",
    commands: [ok("promote staging production --yes", /production.*created/)],
  },
  {
    title: "A bad release restores itself",
    say: "Release 1.1.0 has an api that crashes. It fails at the cluster's first report, 1.0.0 comes back with its configuration, and 1.1.0 is held. The exit code is 1.",
    commands: [
      ok("release create 1.1.0 --image api=registry.example.com/harbour/api:1.1.0-misbehaves-crash", /1\.1\.0-/),
      no("up development", /restored 1\.0\.0-\w+ .* after the cluster's first report/),
      no("up development", /held back from development/),
    ],
  },
  {
    title: "Where everything stands, and what happened",
    say: "The ledger is a branch of the project's own repository: no server keeps it.",
    commands: [ok("status", /production {2}1\.0\.0/), ok("log", /rolled back from 1\.1\.0 to 1\.0\.0 by itself/)],
  },
];
