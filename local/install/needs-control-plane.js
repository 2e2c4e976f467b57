// Options of the command line that take a value as the next argument; only --context matters here, the others must not be taken for a command.
const withValue = new Set(["--context", "--confirm-context", "--stack-dir"]);

/**
 * Whether this command line will start the local control plane, as far as can be told before the command itself is installed. Only used to begin early
 * with building it: a wrong guess costs time, nothing else.
 * @param {string[]} command
 */
export function needsControlPlane(command) {
  /** @type {string[]} */
  const words = [];
  /** @type {string[]} */
  const options = [];
  for (let index = 0; index < command.length; index++) {
    const argument = String(command[index]);
    if (!argument.startsWith("-")) words.push(argument);
    else {
      options.push(argument.split("=")[0] ?? "");
      if (withValue.has(argument)) index++;
    }
  }
  if (options.includes("--help") || options.includes("-h") || options.includes("--context")) return false;
  if (words[0] === "local") return words[1] === "start";
  return options.includes("--local") && ["up", "destroy", "refresh"].includes(words[0] ?? "");
}
