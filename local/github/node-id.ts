/** Global node ids in GitHub's newer form: a prefix of the kind, then the numeric id in base64. */
export type Kind =
  | "R"
  | "U"
  | "O"
  | "BOT"
  | "T"
  | "BPR"
  | "RRS"
  | "EN"
  | "PR"
  | "I"
  | "IC"
  | "PRR"
  | "PRRT"
  | "PRRC"
  | "C"
  | "CR"
  | "SC"
  | "DE"
  | "DES"
  | "REF"
  | "TA"
  | "LA"
  | "RE"
  | "WFR"
  | "PSH";

export function nodeId(kind: Kind, id: number | string): string {
  if (typeof id === "string") return `${kind}_kwDO${Buffer.from(id).toString("base64url")}`;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(id));
  return `${kind}_kgDO${bytes.toString("base64url")}`;
}

/** The kind and number of a node id made from a number; undefined when it is none. */
export function parseNodeId(text: string): { kind: Kind; id: number } | undefined {
  const match = /^([A-Z]+)_kgDO([\w-]{11})$/.exec(text);
  if (match === null) return undefined;
  return { kind: match[1] as Kind, id: Number(Buffer.from(match[2] ?? "", "base64url").readBigUInt64BE()) };
}
