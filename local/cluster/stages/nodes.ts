import { patchStatus, type Stage } from "./stage.ts";

/** A Node becomes Ready at once. It may say in its own status what it can hold; otherwise it holds 4 CPUs and 16 GiB. */
export const nodeStages: Stage[] = [
  {
    name: "node-ready",
    apiGroup: "v1",
    kind: "Node",
    when: [`(.status.conditions // []) | any(.[]; .type == "Ready" and .status == "True") | not`],
    steps: [
      patchStatus(`
{{ $now := Now }}
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
addresses:
- type: Hostname
  address: {{ .metadata.name | Quote }}
- type: InternalIP
  address: {{ NodeIP | Quote }}
allocatable: {{ with .status.allocatable }}{{ toJson . }}{{ else }}{cpu: "4", memory: 16Gi, pods: "110"}{{ end }}
capacity: {{ with .status.capacity }}{{ toJson . }}{{ else }}{cpu: "4", memory: 16Gi, pods: "110"}{{ end }}
nodeInfo:
  architecture: amd64
  operatingSystem: linux
  containerRuntimeVersion: kwok
  kernelVersion: kwok
  kubeletVersion: kwok-{{ Version }}
  kubeProxyVersion: ""
  osImage: simulated by kwok
  bootID: ""
  machineID: ""
  systemUUID: ""
phase: Running
`),
    ],
  },
];
