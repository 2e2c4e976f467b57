import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";

/** Below the command nobody is handed how it was called. */
test.each(["./liftlock", "npx liftlock"])("a message from below the command calls it as its user does: %s", async (command) => {
  const dir = mkdtempSync(path.join(os.tmpdir(), "liftlock-called-"));
  try {
    mkdirSync(path.join(dir, ".liftlock"));
    writeFileSync(path.join(dir, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    writeFileSync(path.join(dir, "Pulumi.dev.yaml"), "config:\n  shop:key: value\n");
    const cli = path.resolve(import.meta.dirname, "../../ops/cli.ts");
    const { stderr } = await execa(process.execPath, ["--disable-warning=ExperimentalWarning", cli, "outputs", "dev", "--local"], {
      cwd: dir,
      env: { LIFTLOCK_COMMAND: command },
      reject: false,
    });
    expect(stderr).toContain(`Make it with \`${command} up dev --local\``);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
