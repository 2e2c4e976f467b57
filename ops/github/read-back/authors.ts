import type { Author } from "../../drift/finding.ts";
import type { Api } from "../api.ts";

interface Entry extends Record<string, unknown> {
  readonly action?: string;
  readonly actor?: string;
  readonly "@timestamp"?: number;
}

/** The newest of them: GitHub lets a log be asked only so often. */
const MOST = 1000;

/**
 * Who changed what, and when: from the organisation's audit log, which GitHub Enterprise has and owners may read. Elsewhere only the time
 * is known, and only of what GitHub keeps one for.
 */
export class Authors {
  readonly #entries: readonly Entry[];
  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  static async read({ octokit, owner, repo }: Api): Promise<Authors> {
    const parameters = { org: owner, phrase: `repo:${owner}/${repo}`, include: "web", per_page: 100, order: "desc" };
    const entries: Entry[] = [];
    try {
      for await (const { data } of octokit.paginate.iterator("GET /orgs/{org}/audit-log", parameters)) {
        entries.push(...(data as Entry[]));
        if (entries.length >= MOST) break;
      }
    } catch {
      // another plan, a user's repository, or a token that may not: authors stay unknown
    }
    return new Authors(entries);
  }

  /** The last one who did one of these to what has these details; otherwise the time alone. */
  of(actions: RegExp, details: Readonly<Record<string, string>>, time?: string): Author | undefined {
    const found = this.#entries.find(
      (entry) => actions.test(entry.action ?? "") && Object.entries(details).every(([key, value]) => String(entry[key]) === value),
    );
    if (found?.actor !== undefined) {
      const at = found["@timestamp"];
      const when = at === undefined ? time : seconds(new Date(at).toISOString());
      return { manager: found.actor, operation: found.action ?? "", ...(when === undefined ? {} : { time: when }) };
    }
    return time === undefined ? undefined : { manager: "somebody", operation: "", time: seconds(time) };
  }
}

const seconds = (time: string): string => time.replace(/\.\d+Z$/, "Z");
