import type { StackConfig } from "../state.ts";
import { isMap, type PropertyMap, reveal, Secret, type Value } from "../values.ts";

/** Shorter texts would hide half of every message and protect nothing. */
const shortest = 4;

/** Knows every secret text seen in a run, and takes it out of what is shown. */
export class Scrubber {
  readonly #known = new Set<string>();
  #longestFirst: string[] | undefined;

  learn(value: Value | undefined): void {
    if (value instanceof Secret) this.#learnInside(reveal(value.value));
    else if (Array.isArray(value)) for (const item of value) this.learn(item);
    else if (isMap(value)) for (const item of Object.values(value)) this.learn(item);
  }

  learnConfig(config: StackConfig): void {
    for (const { value, secret, object } of Object.values(config)) {
      if (!secret) continue;
      this.#learnInside(value);
      if (object) this.#learnInside(JSON.parse(value) as PropertyMap);
    }
  }

  scrub(text: string): string {
    this.#longestFirst ??= [...this.#known].sort((a, b) => b.length - a.length);
    let result = text;
    for (const secret of this.#longestFirst) if (result.includes(secret)) result = result.replaceAll(secret, "[secret]");
    return result;
  }

  #learnInside(value: Value): void {
    if (typeof value === "string") this.#learnText(value);
    else if (typeof value === "number") this.#learnText(String(value));
    else if (Array.isArray(value)) for (const item of value) this.#learnInside(item);
    else if (isMap(value)) for (const item of Object.values(value)) this.#learnInside(item);
  }

  #learnText(text: string): void {
    const lines = text.split("\n").filter((line) => line.length >= 2 * shortest);
    // A secret shows up as it is, as a Kubernetes Secret holds it, inside JSON, or line by line.
    const forms = [text, Buffer.from(text).toString("base64"), JSON.stringify(text).slice(1, -1), ...lines];
    for (const form of forms) {
      const trimmed = form.trim();
      if (trimmed.length >= shortest && text.length >= shortest) this.#known.add(trimmed);
    }
    this.#longestFirst = undefined;
  }
}
