import { UserError } from "../../ops/user-error.ts";
import type { ProgramName } from "./layout.ts";
import { freePort, isFree } from "./probe.ts";
import type { ControlPlaneRecord } from "./record.ts";

type Ports = ControlPlaneRecord["ports"];

/**
 * Keeps ports that are in use by what still runs, or free; takes others for those that another program took meanwhile.
 * @param missing  components that do not run
 * @param fixedPort  the API server's, when the user fixed it
 * @throws UserError when another program has the fixed port
 */
export async function choosePorts(last: Ports | undefined, missing: readonly ProgramName[], fixedPort: number | undefined): Promise<Ports> {
  const choose = async (name: ProgramName, wanted: number | undefined) =>
    wanted !== undefined && (!missing.includes(name) || (await isFree(wanted))) ? wanted : freePort();
  const ports = {
    etcd: await choose("etcd", last?.etcd),
    etcdPeer: await choose("etcd", last?.etcdPeer),
    apiserver: await choose("kube-apiserver", fixedPort ?? last?.apiserver),
  };
  if (fixedPort !== undefined && ports.apiserver !== fixedPort) throw taken(fixedPort);
  return ports;
}

/** @throws UserError when a program listens on this port */
export async function requireFree(fixedPort: number): Promise<void> {
  if (!(await isFree(fixedPort))) throw taken(fixedPort);
}

function taken(port: number): UserError {
  return new UserError(
    `Port ${port}, which LIFTLOCK_API_PORT asks for, is in use by another program.\nFree it, choose another, or unset LIFTLOCK_API_PORT to let a free one be taken.`,
  );
}

/** `LIFTLOCK_API_PORT`, when it is set. */
export function apiPortFromEnvironment(): number | undefined {
  const text = process.env.LIFTLOCK_API_PORT;
  if (!text) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new UserError(`LIFTLOCK_API_PORT is "${text}".\nSet it to a port number from 1 to 65535, or unset it.`);
}
