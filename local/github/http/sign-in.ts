import type { Viewer } from "../access.ts";
import type { Hub } from "../hub.ts";

/** Who a request's `Authorization` header speaks for: nobody without one, undefined when it holds no token of ours. */
export function viewerOf(hub: Hub, header: string | undefined): Viewer | undefined {
  if (header === undefined || header === "") return { login: undefined, token: undefined };
  const secret = secretOf(header);
  const token = secret === undefined ? undefined : hub.state.tokens[secret];
  return token === undefined ? undefined : { login: token.login, token };
}

/** `Bearer <t>` and `token <t>`; of `Basic`, which git sends, the password. */
function secretOf(header: string): string | undefined {
  const [scheme, value = ""] = header.split(/\s+/, 2);
  if (scheme?.toLowerCase() === "basic") return Buffer.from(value, "base64").toString("utf8").split(":").slice(1).join(":");
  return /^(bearer|token)$/i.test(scheme ?? "") ? value : undefined;
}
