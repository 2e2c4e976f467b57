import { enableCompileCache } from "node:module";
import path from "node:path";

// Reading and compiling our own files is a good part of a short run: Node keeps the result, beside what it keeps for the program.
enableCompileCache(path.join(import.meta.dirname, "../node_modules/.cache/liftlock"));
const [{ commandName, main }, { processIo }, { calledAs }] = await Promise.all([
  import("./main.ts"),
  import("./terminal/io.ts"),
  import("./user-error.ts"),
]);
calledAs(commandName(process.cwd(), process.env.LIFTLOCK_COMMAND));

const args = process.argv.slice(2);
// A reader that closes its end early (`liftlock render … | head`) is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
process.exitCode = await main(args, processIo(process, args));
