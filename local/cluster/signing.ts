import "reflect-metadata"; // @peculiar/x509 needs it
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const validDays = 3650;

/** What a certificate may be used for. */
export type Usage = "serverAuth" | "clientAuth";

export interface Authority {
  certificate: x509.X509Certificate;
  key: webcrypto.CryptoKey;
}

export async function makeAuthority(): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=liftlock-local-ca",
    keys,
    signingAlgorithm: algorithm,
    ...validity(Date.now()),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, key: keys.privateKey };
}

export async function makeCertificate(authority: Authority, subject: string, usages: readonly Usage[], now: number) {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.key,
    signingAlgorithm: algorithm,
    ...validity(now),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(usages.map((usage) => x509.ExtendedKeyUsage[usage])),
      new x509.SubjectAlternativeNameExtension([
        ...["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"].map(
          (value) => ({ type: "dns" as const, value }),
        ),
        ...["127.0.0.1", "10.96.0.1"].map((value) => ({ type: "ip" as const, value })),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replaceAll(/.{64}(?=.)/g, "$&\n")}\n-----END PRIVATE KEY-----\n`;
  return { cert: `${certificate.toString("pem")}\n`, key };
}

/** From an hour ago, for clocks that are a little off between a machine and its virtual machine. */
function validity(now: number) {
  return { notBefore: new Date(now - 3_600_000), notAfter: new Date(now + validDays * 86_400_000) };
}
