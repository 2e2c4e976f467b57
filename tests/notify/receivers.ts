import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

const portOf = (address: string | AddressInfo | null): number => (address as AddressInfo).port;

/** A chat's webhook on loopback. `answers` are given in turn, the last one for ever: a status, or `hang` for none at all. */
export async function chat(...answers: (number | "hang")[]) {
  const received: { body: Record<string, unknown>; path: string }[] = [];
  const waiting: ServerResponse[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ body: JSON.parse(Buffer.concat(chunks).toString("utf8")), path: request.url ?? "" });
    const answer = answers.length > 1 ? answers.shift()! : (answers[0] ?? 200);
    if (answer === "hang") waiting.push(response);
    else response.writeHead(answer).end("ok");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/services/T0/B0/planted-secret-path`,
    received,
    close: () => {
      for (const response of waiting) response.destroy();
      server.close();
    },
  };
}

/** A mail server on loopback that asks for a password. */
export async function mailServer() {
  const received: { to: string[]; text: string }[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: ({ password }, _session, done) =>
      password === "planted-password" ? done(null, { user: "liftlock" }) : done(new Error("Invalid username or password")),
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        received.push({ to: envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString("utf8") });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = portOf(server.server.address());
  return {
    url: (password = "planted-password") => `smtp://liftlock:${password}@127.0.0.1:${port}`,
    received,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}
