import { type Crypter, passphraseCrypter, WrongPassphrase } from "../../local/engine/backend/crypter.ts";
import { UserError } from "../user-error.ts";

/** The crypter of a stack whose secrets are kept under a passphrase, in Pulumi's own format; without a salt, under a new one. */
export async function stackCrypter(stack: string, salt: string | undefined, passphrase: string): Promise<Crypter> {
  try {
    return await passphraseCrypter(salt, passphrase);
  } catch (error) {
    if (error instanceof WrongPassphrase)
      throw new UserError(`The passphrase does not open the secrets of ${stack} (encryptionsalt in Pulumi.${stack}.yaml).`);
    throw new UserError(`Pulumi.${stack}.yaml: ${(error as Error).message}.`);
  }
}
