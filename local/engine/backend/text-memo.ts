/**
 * The text of objects whose fields did not change since it was made: during a run nearly every resource is saved many times as it is.
 * Fields are compared by identity, so what a field holds must not be changed in place.
 */
export class TextMemo {
  readonly #made = new WeakMap<object, { fields: object; text: string }>();

  textOf(of: object, make: () => string): string {
    const known = this.#made.get(of);
    if (known !== undefined && sameFields(known.fields, of)) return known.text;
    const text = make();
    this.#made.set(of, { fields: { ...of }, text });
    return text;
  }
}

function sameFields(a: object, b: object): boolean {
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>];
  let fields = 0;
  for (const key in one) {
    if (one[key] !== other[key]) return false;
    fields++;
  }
  for (const _ in other) fields--;
  return fields === 0;
}
