/** Does a process still run, as its machine's own process table says? `here`: this machine. Undefined for a process of another one. */
export function isAlive(host: string, pid: number, here: string): boolean | undefined {
  if (host !== here || !(pid > 0)) return undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"; // EPERM: somebody else's, but there
  }
}
