import type { Value } from "../../../engine/values.ts";

/** What a value must look like. A list with `unordered` is a set to GitHub: its order means nothing. */
export type Shape =
  | { kind: "text"; oneOf?: readonly string[]; pattern?: RegExp /** What the pattern asks for, in words. */; words?: string }
  | { kind: "flag" }
  | { kind: "whole"; min?: number; max?: number }
  | { kind: "list"; of: Shape; max?: number; unordered?: true }
  | { kind: "object"; fields: Fields };

/** A property of a resource as @pulumi/github has it. */
export interface Field {
  readonly shape: Shape;
  readonly required?: true;
  /** What the provider takes when the program says nothing. */
  readonly default?: Value;
  /** A change makes the object anew; `from value`: unless nothing was there before. */
  readonly forceNew?: true | "from value";
  /** Left out, it keeps whatever value GitHub gave it. */
  readonly computed?: true;
  readonly secret?: true;
  /** Kept in state, never compared (tells how to create or destroy, or is GitHub's own mark). */
  readonly uncompared?: true;
}
export type Fields = Readonly<Record<string, Field>>;

type Marks = Omit<Field, "shape">;
type TextRules = Omit<Extract<Shape, { kind: "text" }>, "kind">;

export const text = (marks: Marks & TextRules = {}): Field => {
  const { oneOf, pattern, words, ...rest } = marks;
  return { shape: { kind: "text", oneOf, pattern, words }, ...rest };
};
export const flag = (marks: Marks = {}): Field => ({ shape: { kind: "flag" }, ...marks });
export const whole = ({ min, max, ...marks }: Marks & { min?: number; max?: number } = {}): Field => ({
  shape: { kind: "whole", min, max },
  ...marks,
});
export const list = (of: Shape, { max, ...marks }: Marks & { max?: number } = {}): Field => ({
  shape: { kind: "list", of, max },
  ...marks,
});
export const set = (of: Shape, { max, ...marks }: Marks & { max?: number } = {}): Field => ({
  shape: { kind: "list", of, max, unordered: true },
  ...marks,
});
export const object = (fields: Fields, marks: Marks = {}): Field => ({ shape: { kind: "object", fields }, ...marks });

export const TEXT: Shape = { kind: "text" };
export const WHOLE: Shape = { kind: "whole" };

/** A name of a repository, as GitHub allows it. */
export const REPOSITORY_NAME = {
  pattern: /^[-a-zA-Z0-9_.]{1,100}$/,
  words: 'is no repository name: 1 to 100 letters, digits, "-", "_" and "."; without its owner',
};
/** Secrets and variables of Actions (docs.github.com: "Naming your secrets"). */
export const SECRET_NAME = {
  pattern: /^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i,
  words: "is no name of a secret or variable: letters, digits and _, no digit first, and not GITHUB_ at its start",
};
