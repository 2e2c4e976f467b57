/**
 * The local control plane: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, and kwok in place of machines that run containers. A real API
 * server with its real controllers, admission, quota and scheduler; what its pods do is simulated (stages/).
 */
export { misbehaviours } from "./stages/misbehaviour.ts";
export { type StartOptions, startControlPlane } from "./start.ts";
export { controlPlaneStatus } from "./status.ts";
export { resetControlPlane, stopControlPlane } from "./stop.ts";
export type { ComponentStatus, ControlPlane, ControlPlaneStatus, OnProgress, ProgramName, Progress, Versions } from "./types.ts";
