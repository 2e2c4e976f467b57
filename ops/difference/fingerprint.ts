import { createHmac } from "node:crypto";
import type { SecretPrint } from "./declared.ts";

/** As many hex digits as tell the values of a project apart: 64 bits. */
const DIGITS = 16;

/** HMAC-SHA-256 of a value under the project's own key, which is kept outside git: without it nobody can try values out. */
export function printOf(value: string, key: string): SecretPrint {
  const hmac = (text: string) => createHmac("sha256", key).update(text).digest("hex").slice(0, DIGITS);
  const place = placeOf(value);
  return { fingerprint: hmac(`value\0${value}`), ...(place === undefined ? {} : { place: hmac(`place\0${place}`) }) };
}

/** `host:port/database` of an address such as postgresql://user:password@host:5432/database?sslmode=require. */
function placeOf(value: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || !URL.canParse(value)) return undefined;
  const { hostname, port, pathname } = new URL(value);
  // https://…/ alone is somebody's address, not a store that is shared.
  return hostname === "" || pathname.length < 2 ? undefined : `${hostname.toLowerCase()}:${port}${pathname}`;
}
