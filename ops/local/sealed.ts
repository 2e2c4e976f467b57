import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const MARK = "sealed:v1:";
const NONCE = 12;
const TAG = 16;

/** AES-256-GCM under a key drawn from `passphrase`, which is random itself: nothing has to be slowed down. `place` is bound to the value. */
export function seal(value: string, passphrase: string, place: string): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", keyOf(passphrase), nonce).setAAD(Buffer.from(place));
  const text = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
  return MARK + Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64");
}

/** What was sealed; a text that bears no mark is from before there were any. Throws when it is not what this passphrase sealed for this place. */
export function unseal(text: string, passphrase: string, place: string): string {
  if (!text.startsWith(MARK)) return text;
  const all = Buffer.from(text.slice(MARK.length), "base64");
  const decipher = createDecipheriv("aes-256-gcm", keyOf(passphrase), all.subarray(0, NONCE)).setAAD(Buffer.from(place));
  decipher.setAuthTag(all.subarray(NONCE, NONCE + TAG));
  return Buffer.concat([decipher.update(all.subarray(NONCE + TAG)), decipher.final()]).toString("utf8");
}

const keyOf = (passphrase: string): Buffer => Buffer.from(hkdfSync("sha256", passphrase, "", "liftlock secret values", 32));
