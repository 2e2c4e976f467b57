// `node local/install/main.js PID ARGUMENT...`: installs the packages of this checkout, for the wrapper script. PID is the wrapper's, ARGUMENTS are those of the
// command that will run. Plain JavaScript without dependencies, for Node 20.
import process from "node:process";
import { install } from "./install.js";
import { needsControlPlane } from "./needs-control-plane.js";

const [wrapper, ...command] = process.argv.slice(2);

process.exitCode = await install({
  say: (line) => process.stderr.write(`liftlock: ${line}\n`),
  ...(needsControlPlane(command) && { buildWhile: Number(wrapper) }),
});
