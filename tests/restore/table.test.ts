import { expect, test } from "vitest";
import { backupTable } from "../../ops/restore/table.ts";

const takenAt = "2026-01-15T10:00:00.000Z";

test("a backup of which only its Job is known shows what is known, and no column of question marks", () =>
  expect(backupTable([{ id: "backup-a1", takenAt, verified: true, job: "backup-a1" }])).toEqual({
    head: ["backup", "taken"],
    rows: [["backup-a1", "2026-01-15 10:00Z"]],
    unknown: ["size", "release", "schema", "why"],
  }));

test("beside reported ones what is missing is said in words", () =>
  expect(
    backupTable([
      {
        id: "20260115T100000Z-1.5.0",
        takenAt,
        verified: true,
        bytes: 3 * 1024 ** 2,
        version: "1.5.0",
        schemaVersion: "",
        reason: "migration",
      },
      { id: "backup-a1", takenAt, verified: true },
    ]),
  ).toEqual({
    head: ["backup", "taken", "size", "release", "schema", "why"],
    rows: [
      ["20260115T100000Z-1.5.0", "2026-01-15 10:00Z", "3.0 MiB", "1.5.0", "none", "migration"],
      ["backup-a1", "2026-01-15 10:00Z", "not known", "not known", "not known", "not known"],
    ],
    unknown: [],
  }));
