// Loaded into every program before its own code. The host holds the other end of this pipe: when it is killed, the pipe ends, and a
// program that nobody listens to any more must not go on. (The SDK would: it reports that its engine is gone to its engine, for ever.)
process.stdin.on("end", () => process.exit(1)).on("error", () => process.exit(1));
process.stdin.resume();
/** @type {import("node:net").Socket} */ (process.stdin).unref?.();
