import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

/** Encrypts and decrypts single texts of one stack, in Pulumi's encoding `v1:<nonce base64>:<ciphertext and tag base64>` (AES-256-GCM). */
export interface Crypter {
  /** What `encryptionsalt` in a stack file and `secrets_providers.state.salt` in a checkpoint hold: `v1:<salt base64>:<check value>`. */
  readonly salt: string;
  encrypt(plaintext: string): string;
  /** Throws an Error without any part of the value in it when the text is no ciphertext of this key. */
  decrypt(ciphertext: string): string;
}

/** The passphrase does not fit the salt. Callers turn it into a UserError that names their file. */
export class WrongPassphrase extends Error {}

// Pulumi's passphrase secrets manager: sdk/go/common/resource/config/crypt.go and pkg/secrets/passphrase/manager.go
const ITERATIONS = 1_000_000;
const KEY_BYTES = 32;
const SALT_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CHECK_TEXT = "pulumi";

const derive = promisify(pbkdf2);
const crypters = new Map<string, Promise<Crypter>>();

/**
 * The crypter of a passphrase under a salt text; without one, under a new salt. Deriving the key takes about a quarter of a second of
 * one core, off the main thread, once for each salt and passphrase in a process. Rejects with `WrongPassphrase`.
 */
export function passphraseCrypter(salt: string | undefined, passphrase: string): Promise<Crypter> {
  if (salt === undefined) return createCrypter(passphrase);
  const known = `${salt}\n${passphrase}`;
  let crypter = crypters.get(known);
  if (crypter === undefined) {
    crypter = openCrypter(salt, passphrase);
    crypters.set(known, crypter);
  }
  return crypter;
}

async function createCrypter(passphrase: string): Promise<Crypter> {
  const bytes = randomBytes(SALT_BYTES);
  const key = await derive(passphrase, bytes, ITERATIONS, KEY_BYTES, "sha256");
  const crypter = withKey(key, `v1:${bytes.toString("base64")}:${encrypt(key, CHECK_TEXT)}`);
  crypters.set(`${crypter.salt}\n${passphrase}`, Promise.resolve(crypter));
  return crypter;
}

async function openCrypter(salt: string, passphrase: string): Promise<Crypter> {
  const parts = salt.split(":");
  const [version, saltText, ...check] = parts;
  if (parts.length !== 5 || version !== "v1" || !saltText)
    throw new Error("the encryption salt is malformed: expected v1:<salt>:v1:<nonce>:<check value>");
  const key = await derive(passphrase, Buffer.from(saltText, "base64"), ITERATIONS, KEY_BYTES, "sha256");
  const crypter = withKey(key, salt);
  let checked: string;
  try {
    checked = crypter.decrypt(check.join(":"));
  } catch {
    throw new WrongPassphrase("wrong passphrase");
  }
  if (checked !== CHECK_TEXT) throw new WrongPassphrase("wrong passphrase");
  return crypter;
}

const withKey = (key: Buffer, salt: string): Crypter => ({
  salt,
  encrypt: (plaintext) => encrypt(key, plaintext),
  decrypt: (ciphertext) => decrypt(key, ciphertext),
});

function encrypt(key: Buffer, plaintext: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

function decrypt(key: Buffer, ciphertext: string): string {
  const [version, nonceText, sealedText, ...rest] = ciphertext.split(":");
  if (version !== "v1" || nonceText === undefined || sealedText === undefined || rest.length > 0) throw new Error("not a v1 ciphertext");
  const nonce = Buffer.from(nonceText, "base64");
  const sealed = Buffer.from(sealedText, "base64");
  if (nonce.length !== NONCE_BYTES || sealed.length < TAG_BYTES) throw new Error("not a v1 ciphertext");
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    return decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
  } catch {
    throw new Error("the ciphertext was not made with this passphrase and salt, or it was changed");
  }
}
