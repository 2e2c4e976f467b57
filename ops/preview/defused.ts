/** Between two characters it breaks what they would mean together; a reader does not see it. */
const BREAK = "\u200b";

/** The only markup that a report has of its own, beside tables, lists, headings and code. */
const OWN = /^<(?:\/?details|\/?summary)>/;

/**
 * A report that a pull request's own code may have written, made harmless: whoever posts it lends it a name. No HTML but folded sections,
 * no image, no link, nobody notified, no other issue mentioned.
 */
export function defused(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they have no place in a comment
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "")
      .replace(/<(?=[A-Za-z/!?])/g, (_, at: number, all: string) => (OWN.test(all.slice(at, at + 12)) ? "<" : `<${BREAK}`))
      .replace(/!(?=\[)/g, `!${BREAK}`)
      .replace(/\](?=[([:])/g, `]${BREAK}`)
      .replace(/(?<![\w])@(?=\w)/g, `@${BREAK}`)
      .replace(/#(?=\d)/g, `#${BREAK}`)
      .replace(/:(?=\/\/)/g, `:${BREAK}`)
      .replace(/\bwww\.(?=\w)/gi, (www) => `${www.slice(0, 3)}${BREAK}.`)
  );
}
