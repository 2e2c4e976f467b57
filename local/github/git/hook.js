// Runs as a repository's `update` hook: asks the stand-in that serves the push, and prints what it says.
const [, , ref, before, after] = process.argv;
const { STAND_IN_HOOK: address, STAND_IN_PUSH: push } = process.env;

if (address === undefined) {
  console.error("error: push to the stand-in GitHub's address, not to its folder: its rules judge what comes by HTTP");
  process.exitCode = 1;
} else {
  const response = await fetch(address, { method: "POST", body: JSON.stringify({ push, update: { ref, before, after } }) });
  const { allowed, output } = /** @type {{ allowed: boolean, output: string[] }} */ (await response.json());
  if (output.length > 0) console.error(output.join("\n"));
  process.exitCode = allowed ? 0 : 1;
}
