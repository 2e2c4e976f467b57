import type { Stage } from "./stage.ts";

const provisioner = `.metadata.annotations["volume.kubernetes.io/storage-provisioner"]`;

/**
 * Stands in for every CSI driver. The controller manager names the provisioner of a claim on the claim itself once it is due (for WaitForFirstConsumer: once
 * the scheduler chose a node for its pod); a volume that claims it appears, and the controller manager binds the two.
 *
 * The claim does not tell its class's reclaim policy: a class whose name ends in "-retain" gets Retain, every other Delete.
 */
export const volumeStages: Stage[] = [
  {
    name: "volume-provisioned",
    apiGroup: "v1",
    kind: "PersistentVolumeClaim",
    when: [
      ".metadata.deletionTimestamp == null",
      ".spec.volumeName == null",
      `${provisioner} != null`,
      // Chosen by the scheduler, or bound at once: the provisioner is then named by the controller manager alone.
      `.status.phase == "Pending"`,
    ],
    steps: [
      {
        apply: {
          template: `
apiVersion: v1
kind: PersistentVolume
metadata:
  name: pvc-{{ .metadata.uid }}
  annotations:
    pv.kubernetes.io/provisioned-by: {{ index .metadata.annotations "volume.kubernetes.io/storage-provisioner" | Quote }}
spec:
  accessModes: {{ toJson .spec.accessModes }}
  capacity: {{ toJson .spec.resources.requests }}
  volumeMode: {{ .spec.volumeMode | default "Filesystem" | Quote }}
  storageClassName: {{ .spec.storageClassName | Quote }}
  persistentVolumeReclaimPolicy: {{ if hasSuffix "-retain" .spec.storageClassName }}Retain{{ else }}Delete{{ end }}
  claimRef:
    apiVersion: v1
    kind: PersistentVolumeClaim
    name: {{ .metadata.name | Quote }}
    namespace: {{ .metadata.namespace | Quote }}
    uid: {{ .metadata.uid | Quote }}
  hostPath:
    path: /simulated/pvc-{{ .metadata.uid }}
`,
        },
      },
    ],
  },
  {
    name: "volume-removed",
    apiGroup: "v1",
    kind: "PersistentVolume",
    when: [
      ".metadata.deletionTimestamp == null",
      `.metadata.annotations["pv.kubernetes.io/provisioned-by"] != null`,
      `.spec.persistentVolumeReclaimPolicy == "Delete"`,
      `.status.phase == "Released"`,
    ],
    steps: [{ delete: true }],
  },
];
