import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

export interface Peer {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** What was asked, in order: method, path, and kind of authorization. */
  readonly asked: string[];
}
export interface PeerOptions {
  /** Manifests by `repository:tag`; each is found by its digest too. */
  readonly manifests: Readonly<Record<string, string>>;
  /** `token`: a realm gives short-lived tokens to whoever may pull. `basic`: name and password with every request. */
  readonly auth?: "none" | "token" | "basic";
  /** Who may pull; without it, everybody who asks for a token. */
  readonly user?: string;
  /** Where the challenge sends people, when not here. */
  readonly realm?: string;
  /** What a manifest is answered with in place of its own content. */
  readonly swapped?: string;
}

/**
 * A registry on loopback that speaks what pulling a manifest takes: the distribution specification's GET /v2/<name>/manifests/<reference>
 * and the token flow of https://distribution.github.io/distribution/spec/auth/token/.
 */
export async function registry({ manifests, auth = "none", user, realm, swapped }: PeerOptions): Promise<Peer> {
  const asked: string[] = [];
  const basic = user === undefined ? undefined : `Basic ${Buffer.from(user).toString("base64")}`;
  const server = createServer((request, response) => {
    const url = new URL(request.url!, "http://127.0.0.1");
    const authorization = request.headers.authorization;
    asked.push(`${request.method} ${url.pathname} ${authorization?.split(" ")[0] ?? "-"}`);
    const answer = (status: number, body: string, headers: Record<string, string> = {}) => response.writeHead(status, headers).end(body);
    const denied = (headers: Record<string, string>) =>
      answer(401, JSON.stringify({ errors: [{ code: "UNAUTHORIZED", message: "authentication required" }] }), headers);
    if (url.pathname === "/token") {
      const scope = url.searchParams.get("scope");
      if (url.searchParams.get("service") !== "peer" || !/^repository:[a-z/]+:pull$/.test(scope ?? "")) return void answer(400, "{}");
      if (basic !== undefined && authorization !== basic) return void denied({});
      return void answer(200, JSON.stringify({ token: `for ${scope}`.replaceAll(" ", "_") }), { "content-type": "application/json" });
    }
    const [, repository, reference] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(url.pathname) ?? [];
    if (repository === undefined || reference === undefined) return void answer(404, "{}");
    const scope = `repository:${repository}:pull`;
    if (auth === "token" && authorization !== `Bearer for_${scope}`)
      return void denied({
        "www-authenticate": `Bearer realm="${realm ?? `http://${hostOf(request)}/token`}",service="peer",scope="${scope}"`,
      });
    if (auth === "basic" && authorization !== basic) return void denied({ "www-authenticate": 'Basic realm="peer"' });
    if (!/vnd\.oci\.image\.index/.test(request.headers.accept ?? "")) return void answer(406, "{}");
    const own = Object.entries(manifests).filter(([name]) => name.startsWith(`${repository}:`));
    const found = own.find(([name, text]) => name === `${repository}:${reference}` || digestOf(text) === reference)?.[1];
    if (found === undefined) return void answer(404, JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN" }] }));
    answer(200, swapped ?? found, { "content-type": "application/vnd.oci.image.index.v1+json", "docker-content-digest": digestOf(found) });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const hostOf = (request: IncomingMessage): string => request.headers.host!;
