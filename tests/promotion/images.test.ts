import picocolors from "picocolors";
import { describe, expect, test } from "vitest";
import type { Context } from "../../ops/context.ts";
import { refuseMissingImages } from "../../ops/promotion/images.ts";
import { UserError } from "../../ops/user-error.ts";

const release = {
  version: "1.0.0",
  commit: "a".repeat(40),
  images: { web: "r.example.com/web@sha256:1", api: "r.example.com/api@sha256:2" },
};

async function check(answers: Record<string, string | undefined | Error>): Promise<string[]> {
  const said: string[] = [];
  const io = { err: (text: string) => void said.push(text), colors: picocolors.createColors(false), env: {} } as unknown as Context["io"];
  const digestOf = async (image: string) => {
    const answer = answers[image];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  await refuseMissingImages({ io, options: {} }, release, { digestOf });
  return said;
}

describe("images of a release that is to go somewhere", () => {
  test("are all there", async () => {
    expect(await check({ [release.images.web]: "sha256:1", [release.images.api]: "sha256:2" })).toEqual([]);
  });
  test("one that is gone refuses it by name", async () => {
    await expect(check({ [release.images.web]: "sha256:1" })).rejects.toThrow(
      /no longer has r\.example\.com\/api@sha256:2\. Nothing was changed/,
    );
  });
  test("a registry that cannot be asked is said, and stops nobody", async () => {
    const offline = new UserError("r.example.com cannot be reached.");
    expect(await check({ [release.images.web]: "sha256:1", [release.images.api]: offline })).toEqual([
      expect.stringContaining("cannot be reached"),
    ]);
  });
  test("one that is gone refuses it also when another cannot be asked", async () => {
    await expect(check({ [release.images.web]: new UserError("x") })).rejects.toThrow(/no longer has/);
  });
});
