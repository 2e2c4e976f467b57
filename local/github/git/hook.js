// Runs as a repository's `update` and `post-receive` hook: asks the stand-in that serves the push, and prints what it says.
const [, , hook, ...args] = process.argv;
const { STAND_IN_HOOK: address, STAND_IN_PUSH: push } = process.env;

async function lines() {
  if (hook === "update") return [args.join(" ")];
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  return text.trim().split("\n");
}

if (address === undefined) {
  console.error("error: push to the stand-in GitHub's address, not to its folder: its rules judge what comes by HTTP");
  process.exitCode = 1;
} else {
  const response = await fetch(address, { method: "POST", body: JSON.stringify({ hook, push, lines: await lines() }) });
  const { allowed, output } = /** @type {{ allowed: boolean, output: string[] }} */ (await response.json());
  if (output.length > 0) console.error(output.join("\n"));
  process.exitCode = allowed ? 0 : 1;
}
