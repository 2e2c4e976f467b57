import { main } from "./main.ts";
import { processIo } from "./terminal/io.ts";

const args = process.argv.slice(2);
// A reader that closes its end early (`liftlock render … | head`) is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
process.exitCode = await main(args, processIo(process, args));
