/** One command of a block, as it is typed: continued lines and here-documents with it. */
export interface Command {
  readonly text: string;
  /** What the page says that it ends with; 0 unless it says otherwise. */
  readonly exitCode: number;
}

/** The commands of a shell block. Comments of a whole line belong to none. */
export function commandsOf(text: string): Command[] {
  const commands: Command[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index++) {
    if (/^\s*(#|$)/.test(lines[index]!)) continue;
    const begin = index;
    const end = /<<-?\s*'?(\w+)/.exec(lines[index]!)?.[1];
    if (end !== undefined) while (index < lines.length - 1 && lines[index]!.trim() !== end) index++;
    while (index < lines.length - 1 && lines[index]!.endsWith("\\")) index++;
    const typed = lines.slice(begin, index + 1).join("\n");
    commands.push({ text: typed.trim(), exitCode: Number(/\s#.*\bends with (\d)/.exec(typed)?.[1] ?? 0) });
  }
  return commands;
}

/** The arguments of every call of ours in a command, as the shell would split them. What only the shell knows stands for itself. */
export function callsOf(command: string): string[][] {
  const [first = ""] = command.split(/<<-?\s*'?\w/);
  const words = wordsOf(first.replaceAll("\\\n", " "));
  const calls: string[][] = [];
  let call: string[] | undefined;
  for (const word of words) {
    if (typeof word !== "string") call = undefined;
    else if (call) call.push(word);
    else if (/^(\$\()?(\.\/|(\.\.\/)+)?liftlock$/.test(word)) {
      call = [];
      calls.push(call);
    }
  }
  return calls;
}

const BREAK = Symbol("where one command ends");

function wordsOf(line: string): (string | typeof BREAK)[] {
  const words: (string | typeof BREAK)[] = [];
  for (const [token] of line.matchAll(/(?<=^|\s)#.*$|\d?>+\s*\S+|&&|\|\|?|;|(?:"[^"]*"|'[^']*'|\$\([^)\s]*|[^\s"'|;&>])+|\)/gm)) {
    if (token.startsWith("#") || /^\d?>/.test(token)) continue;
    if (/^(&&|\|\|?|;|\))$/.test(token)) words.push(BREAK);
    else words.push(token.replace(/"([^"]*)"|'([^']*)'/g, "$1$2").replace(/^\w+=(?=\$\()/, ""));
  }
  return words;
}
