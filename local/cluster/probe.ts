import { request } from "node:https";
import { connect, createServer } from "node:net";
import getPort, { portNumbers } from "get-port";
import { adminCredentials } from "./certificates.ts";
import type { Layout } from "./layout.ts";

/** Whether the API server of this control plane (it proves so by its certificate) says that it is ready. */
export function apiServerReady(layout: Layout, server: string, timeoutMilliseconds = 2000): Promise<boolean> {
  return new Promise((resolve) => {
    const { ca, cert, key } = adminCredentials(layout);
    const call = request(`${server}/readyz`, { ca, cert, key, timeout: timeoutMilliseconds, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(false));
    call.end();
  });
}

/** Whether something accepts connections on this loopback port. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const answer = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.on("connect", () => answer(true)).on("error", () => answer(false));
  });
}

/** Whether we could listen on this loopback port. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/**
 * A free loopback port below those that systems give to outgoing connections (from 32768 on Linux, 49152 on macOS): a component that is down for a moment
 * must find its port free again.
 */
export function freePort(): Promise<number> {
  const first = 20_000 + Math.floor(Math.random() * 9_000);
  return getPort({ host: "127.0.0.1", port: portNumbers(first, first + 999) });
}
