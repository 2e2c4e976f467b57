import { request } from "node:https";
import { connect } from "node:net";
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
