import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Context, EXIT } from "../context.ts";

interface Tool {
  readonly name: string;
  readonly args: readonly string[];
  readonly version: RegExp;
  readonly needed: string;
  readonly required?: boolean;
}

const TOOLS: readonly Tool[] = [
  {
    name: "node",
    args: ["--version"],
    version: /v(\S+)/,
    needed: "runs liftlock and the program (the wrapper brings its own Node 24 when this one is older)",
    required: true,
  },
  { name: "git", args: ["--version"], version: /(\d+\.\S+)/, needed: "finds the checkout, and with it the local world" },
  { name: "go", args: ["version"], version: /go(\d\S*)/, needed: "builds the local control plane, once; without it use --context" },
  { name: "pulumi", args: ["version"], version: /v?(\d\S*)/, needed: "real environments by hand; --local needs none" },
  { name: "kubectl", args: ["version", "--client"], version: /v(\d\S*)/, needed: "to look around in a cluster; liftlock needs none" },
];

export interface Finding {
  readonly name: string;
  readonly version: string | undefined;
  readonly needed: string;
  readonly required: boolean;
}

export async function doctor({ io, options, say }: Context): Promise<number> {
  const findings = await Promise.all(TOOLS.map(look));
  if (options.json) io.out(JSON.stringify(findings, null, 2));
  else {
    for (const { name, version, needed } of findings) {
      say(
        `${version === undefined ? io.colors.yellow("missing") : io.colors.green("found  ")}  ${name.padEnd(8)} ${(version ?? "").padEnd(10)} ${io.colors.dim(needed)}`,
      );
    }
  }
  return findings.some((f) => f.required && f.version === undefined) ? EXIT.failed : EXIT.done;
}

async function look({ name, args, version, needed, required = false }: Tool): Promise<Finding> {
  const found = await promisify(execFile)(name, [...args], { timeout: 10_000 }).catch(() => undefined);
  return { name, version: found && (version.exec(found.stdout)?.[1] ?? "unknown"), needed, required };
}
