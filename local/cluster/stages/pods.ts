import { imagePattern, type Misbehaviour, slowSeconds } from "./misbehaviour.ts";
import { event, patchStatus, type Stage } from "./stage.ts";

/**
 * The life of a pod: created (addresses, ContainerCreating), running, and for a Job's: completed or failed. Images that misbehave leave this path
 * (misbehaviour.ts). At most one stage applies to a pod at any time: among several kwok would pick at random.
 *
 * Delays: a container starts 0.2 s after its pod was scheduled and a Job's runs for a second, so that the order of things can be read from the cluster's
 * own timestamps, which are whole seconds.
 */
const startMilliseconds = 200;
const jobSeconds = 1;
const exitMilliseconds = 1000;

// --- jq: what the pod is, and which of its images misbehave ---

const has = (kind: Misbehaviour) => `(.image | test("${imagePattern(kind)}"))`;
const images = "(.spec.initContainers // [])[], .spec.containers[]";
const statuses = "(.status.initContainerStatuses // [])[], (.status.containerStatuses // [])[]";

const live = ".metadata.deletionTimestamp == null";
const pending = `.status.phase == "Pending"`;
const running = `.status.phase == "Running"`;
const created = ".status.podIP != null";
const ofJob = `any((.metadata.ownerReferences // [])[]; .kind == "Job")`;
const cannotPull = `any(${images}; ${has("pull")})`;
const waitsFor = (...reasons: string[]) =>
  `any(${statuses}; .state.waiting.reason | IN(${reasons.map((reason) => `"${reason}"`).join(", ")}))`;
const jobFails = `any(.spec.containers[]; ${has("fail")})`;
/** A container that exits again and again: a service's, or that of a Job which has its containers started again in place. */
const crashing = (state: string) =>
  `(${ofJob}) as $job | .spec.restartPolicy as $policy | any((.status.containerStatuses // [])[];
    (if $job then $policy != "Never" and ${has("fail")} else ${has("crash")} end) and (${state}))`;
const not = (expression: string) => `(${expression}) | not`;

/** A duration: that of the slowest slow image, else the given one. */
const slowest = (otherwise: number) =>
  `([.spec.containers[].image | select(test("${imagePattern("slow")}")) | ((capture("misbehaves-slow-(?<n>[0-9]+)") | .n | tonumber) // ${slowSeconds})]
    | max // ${otherwise} | tostring) + "s"`;

/** As kubelet waits: nothing before the first restart, then 10 s, 20 s, 40 s ... 300 s (kubernetes.io, pod lifecycle, container restarts). */
const crashBackOff = `([.status.containerStatuses[] | select(.state.waiting.reason == "CrashLoopBackOff") | .restartCount] | max
  | if . == 0 then 1 else ([10 * pow(2; . - 1), 300] | min) end | tostring) + "s"`;

// --- Go templates: the status that a stage gives ---

const image = (kind: Misbehaviour) => `(regexMatch "${imagePattern(kind)}" .image)`;

const preamble = `
{{ $now := Now }}
{{ $job := false }}{{ range .metadata.ownerReferences }}{{ if eq .kind "Job" }}{{ $job = true }}{{ end }}{{ end }}
{{ $never := eq .spec.restartPolicy "Never" }}
{{ $statuses := .status.containerStatuses }}`;

/** One entry for each container; `state` is a template that sees the container as dot, sets $ready and $started where they are not true, and writes the state. */
const containers = (list: string, state: string) => `
{{ range .spec.${list} }}{{ $ready := true }}{{ $started := true }}{{ $state := "" }}${state}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ .image | Quote }}
  ready: {{ $ready }}
  started: {{ $started }}
  restartCount: 0
  state: {{ $state }}
{{ end }}`;

const waiting = (reason: string, message = `""`) =>
  `{{ $ready = false }}{{ $started = false }}{{ $state = toJson (dict "waiting" (dict "reason" "${reason}" "message" ${message})) }}`;
const isRunning = `{{ $state = toJson (dict "running" (dict "startedAt" $now)) }}`;
const exited = (code: number, reason: string) =>
  `{{ $ready = false }}{{ $started = false }}{{ $state = toJson (dict "terminated" (dict "exitCode" ${code} "reason" "${reason}" "startedAt" $now "finishedAt" $now)) }}`;

const initCompleted = containers(
  "initContainers",
  `{{ if eq (default "" .restartPolicy) "Always" }}${isRunning}{{ else }}${exited(0, "Completed")}{{ $ready = true }}{{ end }}`,
);

/** Conditions of a pod whose containers named in $unready are not ready. */
const conditions = `
conditions:
{{ range list "Ready" "ContainersReady" }}
- type: {{ . }}
  lastTransitionTime: {{ $now | Quote }}
{{ if $unready }}
  status: "False"
  reason: ContainersNotReady
  message: 'containers with unready status: [{{ join " " $unready }}]'
{{ else }}
  status: "True"
  reason: null
  message: null
{{ end }}
{{ end }}`;

const initialized = (status: "True" | "False") => `
- type: Initialized
  status: "${status}"
  lastTransitionTime: {{ $now | Quote }}`;

const everyContainer = `{{ $unready := list }}{{ range .spec.containers }}{{ $unready = append $unready .name }}{{ end }}`;

/** Misbehaves as a service in a way that keeps it from being ready, or is about to exit. */
const startsUnready = `(or (and (not $job) (or ${image("crash")} ${image("unready")} ${image("slow")})) (and $job (not $never) ${image("fail")}))`;

/** Rewrites the containers' present statuses: dot is the status; the template sets $new to what replaces it. */
const rewritten = (change: string) => `
containerStatuses:
{{ range $statuses }}{{ $new := . }}${change}
- {{ toJson $new }}
{{ end }}`;

const crashes = `(or (and (not $job) ${image("crash")}) (and $job ${image("fail")}))`;

const pullMessage = `(printf "failed to pull and unpack image \\"%s\\": not found" .image)`;
const backOffMessage = `(printf "Back-off pulling image \\"%s\\": ErrImagePull: not found" .image)`;

/** What a pod shows while an image of it cannot be pulled: an init container holds back all others, another container does not. */
const pullFailed = (reason: string, message: string) => `${preamble}
{{ $held := false }}{{ range .spec.initContainers }}{{ if ${image("pull")} }}{{ $held = true }}{{ end }}{{ end }}
{{ $unready := list }}{{ range .spec.containers }}{{ if or $held ${image("pull")} }}{{ $unready = append $unready .name }}{{ end }}{{ end }}
initContainerStatuses: ${containers("initContainers", `{{ if ${image("pull")} }}${waiting(reason, message)}{{ else }}${waiting("PodInitializing")}{{ end }}`)}
containerStatuses: ${containers(
  "containers",
  `{{ if $held }}${waiting("PodInitializing")}{{ else if ${image("pull")} }}${waiting(reason, message)}{{ else }}${isRunning}{{ end }}`,
)}
${conditions}`;

const pod = { apiGroup: "v1", kind: "Pod" } as const;

export const podStages: Stage[] = [
  {
    ...pod,
    name: "pod-created",
    when: [live, pending, not(created)],
    steps: [
      patchStatus(`${preamble}${everyContainer}
{{ $hosts := NodeIPsWith .spec.nodeName }}
{{ $ips := PodIPsWith .spec.nodeName (or .spec.hostNetwork false) .metadata.uid .metadata.name .metadata.namespace }}
startTime: {{ $now | Quote }}
hostIP: {{ index $hosts 0 | Quote }}
hostIPs: [{ip: {{ index $hosts 0 | Quote }}}]
podIP: {{ index $ips 0 | Quote }}
podIPs: [{ip: {{ index $ips 0 | Quote }}}]
initContainerStatuses: ${containers("initContainers", waiting("PodInitializing"))}
containerStatuses: ${containers("containers", waiting("ContainerCreating"))}
${conditions}
- type: PodReadyToStartContainers
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ if .spec.initContainers }}${initialized("False")}{{ else }}${initialized("True")}{{ end }}`),
    ],
  },
  {
    ...pod,
    name: "pod-running",
    when: [live, pending, created, not(cannotPull)],
    delay: startMilliseconds,
    steps: [
      patchStatus(`${preamble}
{{ $unready := list }}{{ range .spec.containers }}{{ if ${startsUnready} }}{{ $unready = append $unready .name }}{{ end }}{{ end }}
phase: Running
initContainerStatuses: ${initCompleted}
containerStatuses: ${containers("containers", `${isRunning}{{ if ${startsUnready} }}{{ $ready = false }}{{ $started = not ${image("slow")} }}{{ end }}`)}
${conditions}
{{ range .spec.readinessGates }}
- type: {{ .conditionType | Quote }}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ end }}${initialized("True")}`),
    ],
  },
  {
    ...pod,
    name: "pod-image-not-pulled",
    when: [live, pending, created, cannotPull, not(waitsFor("ErrImagePull", "ImagePullBackOff"))],
    delay: startMilliseconds,
    steps: [event("Warning", "Failed", "Failed to pull image: not found"), patchStatus(pullFailed("ErrImagePull", pullMessage))],
  },
  {
    ...pod,
    name: "pod-image-back-off",
    when: [live, pending, created, cannotPull, waitsFor("ErrImagePull")],
    delay: 1000,
    steps: [event("Warning", "BackOff", "Back-off pulling image"), patchStatus(pullFailed("ImagePullBackOff", backOffMessage))],
  },
  {
    ...pod,
    name: "pod-slow-ready",
    when: [
      live,
      running,
      not(ofJob),
      not(crashing("true")),
      `any((.status.containerStatuses // [])[]; .ready == false and ${has("slow")} and (${has("unready")} | not))`,
    ],
    delay: slowest(slowSeconds),
    steps: [
      patchStatus(`${preamble}
{{ $unready := list }}{{ range $statuses }}{{ if ${image("unready")} }}{{ $unready = append $unready .name }}{{ end }}{{ end }}
${rewritten(`{{ if not ${image("unready")} }}{{ $new = merge (dict "ready" true "started" true) . }}{{ end }}`)}
${conditions}`),
    ],
  },
  {
    ...pod,
    name: "container-exited",
    when: [live, running, crashing(".state.running != null")],
    delay: exitMilliseconds,
    steps: [
      event("Warning", "BackOff", "Back-off restarting failed container"),
      patchStatus(`${preamble}
${rewritten(`{{ if and ${crashes} .state.running }}
{{ $ended := dict "exitCode" 1 "reason" "Error" "message" "exits on purpose: its image is named to misbehave" "startedAt" .state.running.startedAt "finishedAt" $now }}
{{ $waits := dict "reason" "CrashLoopBackOff" "message" (printf "back-off restarting failed container %s" .name) }}
{{ $new = merge (dict "ready" false "started" false "state" (dict "waiting" $waits) "lastState" (dict "terminated" $ended)) (omit . "state" "lastState") }}{{ end }}`)}`),
    ],
  },
  {
    ...pod,
    name: "container-restarted",
    when: [live, running, crashing(`.state.waiting.reason == "CrashLoopBackOff"`), not(crashing(".state.running != null"))],
    delay: crashBackOff,
    steps: [
      patchStatus(`${preamble}
${rewritten(`{{ if .state.waiting }}
{{ $new = merge (dict "started" true "restartCount" (add1 (int .restartCount)) "state" (dict "running" (dict "startedAt" $now))) (omit . "state") }}{{ end }}`)}`),
    ],
  },
  {
    ...pod,
    name: "pod-completed",
    when: [live, running, ofJob, not(jobFails)],
    delay: slowest(jobSeconds),
    steps: [patchStatus(ended("Succeeded", "PodCompleted"))],
  },
  {
    ...pod,
    name: "pod-failed",
    when: [live, running, ofJob, jobFails, `.spec.restartPolicy == "Never"`],
    delay: slowest(jobSeconds),
    steps: [patchStatus(ended("Failed", "PodFailed"))],
  },
  {
    ...pod,
    name: "pod-deleted",
    when: [not(live)],
    steps: [{ delete: true }],
  },
];

/** The end of a Job's pod: each container has exited, with 1 where its image fails. */
function ended(podPhase: "Succeeded" | "Failed", reason: string): string {
  return `${preamble}
phase: ${podPhase}
${rewritten(`{{ $state := dict "exitCode" 0 "reason" "Completed" "startedAt" .state.running.startedAt "finishedAt" $now }}
{{ if ${image("fail")} }}{{ $state = merge (dict "exitCode" 1 "reason" "Error" "message" "exits on purpose: its image is named to misbehave") $state }}{{ end }}
{{ $new = merge (dict "ready" false "started" false "state" (dict "terminated" $state)) (omit . "state") }}`)}
conditions:
{{ range list "Ready" "ContainersReady" }}
- type: {{ . }}
  status: "False"
  reason: ${reason}
  lastTransitionTime: {{ $now | Quote }}
{{ end }}`;
}
