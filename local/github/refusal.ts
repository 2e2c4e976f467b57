/** One entry of `errors` in a 422 reply of GitHub. */
export interface ErrorItem {
  resource?: string;
  field?: string;
  code: string;
  message?: string;
}

/** A reply that says no, with GitHub's own body. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: (ErrorItem | string)[] | undefined;
  constructor(status: number, message: string, errors?: (ErrorItem | string)[]) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.errors = errors;
  }
  /** `documentation` is where GitHub's own reply points to. */
  body(documentation: string): object {
    const { status, message, errors } = this;
    return { message, ...(errors ? { errors } : {}), documentation_url: documentation, status: String(status) };
  }
}

export const notFound = (): Refusal => new Refusal(404, "Not Found");
/** 422 in the form "Validation Failed" with one error item. */
export const invalid = (item: ErrorItem | string): Refusal => new Refusal(422, "Validation Failed", [item]);
