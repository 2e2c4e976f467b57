/** What a value must look like, as the SDK's own types say it. */
export type Shape =
  | "string"
  | "number"
  | "boolean"
  | "any"
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly oneOf: readonly string[] }
  | { readonly anyOf: readonly Shape[] }
  /** A key of `types`. */
  | { readonly type: string };

export interface Field {
  readonly shape: Shape;
  readonly required?: true;
}
export type Fields = Readonly<Record<string, Field>>;

export interface ClassTypes {
  /** Version of Azure's REST API that the class speaks. */
  readonly apiVersion: string;
  readonly inputs: Fields;
  readonly outputs: readonly string[];
}

export interface SdkTypes {
  readonly classes: Readonly<Record<string, ClassTypes>>;
  readonly types: Readonly<Record<string, Fields>>;
}
