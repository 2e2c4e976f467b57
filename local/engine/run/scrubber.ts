import type { StackConfig } from "../state.ts";
import { isMap, type PropertyMap, reveal, Secret, type Value } from "../values.ts";

/** Shorter texts would hide half of every message and protect nothing. */
const shortest = 4;

/** Knows every secret text seen in a run, and takes it out of what is shown. A text takes as long for one secret as for thousands. */
export class Scrubber {
  readonly #known = new Set<string>();
  /** First characters -> how long the secrets are that begin so, longest first. */
  readonly #lengths = new Map<string, number[]>();
  /** Hashes of those characters: most places of a text hold none, and cost no more than this. */
  readonly #starts = new Uint8Array(1 << 16);

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
    if (this.#known.size === 0) return text;
    let [result, kept, end] = ["", 0, 0]; // what is shown so far; up to where the text was; where the secret ends that is being passed
    for (let at = 0; at + shortest <= text.length; at++) {
      if (this.#starts[startHash(text, at)] === 0) continue;
      const lengths = this.#lengths.get(text.slice(at, at + shortest));
      const length = lengths?.find((length) => this.#known.has(text.slice(at, at + length)));
      if (length === undefined) continue;
      if (at >= end) result += `${text.slice(kept, at)}[secret]`;
      // Secrets that overlap are hidden as one.
      end = Math.max(end, at + length);
      kept = end;
    }
    return kept === 0 ? text : result + text.slice(kept);
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
      if (trimmed.length >= shortest && text.length >= shortest && !this.#known.has(trimmed)) this.#add(trimmed);
    }
  }

  #add(secret: string): void {
    this.#known.add(secret);
    this.#starts[startHash(secret, 0)] = 1;
    const start = secret.slice(0, shortest);
    const lengths = this.#lengths.get(start) ?? [];
    if (!lengths.includes(secret.length))
      this.#lengths.set(
        start,
        [...lengths, secret.length].sort((a, b) => b - a),
      );
  }
}

/** Of the `shortest` characters from there on. */
const startHash = (text: string, at: number): number =>
  (text.charCodeAt(at) + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2) * 961 + text.charCodeAt(at + 3) * 29791) & 0xffff;
