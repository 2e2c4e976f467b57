import { describe, expect, test } from "vitest";
import type { EngineEvent } from "../../ops/engine.ts";
import { Progress } from "../../ops/report/progress.ts";
import { recordedEvents } from "./support/reference.ts";

const told = (events: readonly EngineEvent[], progress: Progress): string[] => events.flatMap((event) => progress.add(event));

describe("progress", () => {
  test("of a recorded update: what changes, in its order, and nothing of what stays", () => {
    expect(told(recordedEvents("step2"), new Progress({ clock: () => 0 }))).toEqual([
      "  ConfigMap api-config-… created anew",
      "    Deployment api: Deployment initialization complete",
      "  Deployment api updated",
      "  ConfigMap api-config-… old one deleted",
    ]);
  });

  test("of a recorded failure: each status once", () => {
    expect(told(recordedEvents("step5-bad-image"), new Progress({ clock: () => 0 }))).toEqual([
      "    Deployment api: Waiting for app ReplicaSet to be available (0/1 Pods available)",
      "    Deployment api: [Pod conformance-dev/api-d984cfdfb-zwtjq]: [ImagePullBackOff] Back-off pulling image nginx:does-not-exist",
      '    Deployment api: [ProgressDeadlineExceeded] ReplicaSet "api-d984cfdfb" has timed out progressing.',
      "  Deployment api failed (0.0 s)",
    ]);
  });

  test("a status that is repeated is told once", () => {
    const events = recordedEvents("step5-bad-image").flatMap((event) => (event.diagnosticEvent?.ephemeral ? [event, event] : [event]));
    expect(told(events, new Progress({ clock: () => 0 }))).toHaveLength(4);
  });

  test("with a moving line, a status is shown there only", () => {
    const progress = new Progress({ clock: () => 0, live: true });
    const moving: string[] = [];
    const lines = recordedEvents("step5-bad-image").flatMap((event) => {
      const lasting = progress.add(event);
      moving.push(progress.now());
      return lasting;
    });
    expect(lines).toEqual(["  Deployment api failed (0.0 s)"]);
    expect(new Set(moving)).toContain("Deployment api: Waiting for app ReplicaSet to be available (0/1 Pods available) (0.0 s)");
    expect(moving[0]).toBe("comparing");
    expect(progress.busy).toBe(false);
  });

  test("how long a step took, from half a second on", () => {
    let now = 0;
    const progress = new Progress({ clock: () => now });
    const lines = recordedEvents("step2").flatMap((event) => {
      now += 0.1;
      return progress.add(event);
    });
    expect(lines).toContain("  ConfigMap api-config-… created anew (0.7 s)");
  });

  test("what ends because the run was asked to end did not fail", () => {
    expect(told(recordedEvents("step5-bad-image"), new Progress({ clock: () => 0, stopping: () => true })).at(-1)).toBe(
      "  Deployment api stopped (0.0 s)",
    );
  });
});
