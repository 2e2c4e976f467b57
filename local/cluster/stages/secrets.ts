import type { Stage } from "./stage.ts";

/**
 * Stands in for the Secrets Store CSI driver, as far as objects go: each class that is to be kept as a Secret has one, with values that are made up. The
 * driver makes it when a pod mounts the class; here it is there with the class, and goes with it.
 */
export const secretStages: Stage[] = [
  {
    name: "secret-synchronised",
    apiGroup: "secrets-store.csi.x-k8s.io/v1",
    kind: "SecretProviderClass",
    when: [".metadata.deletionTimestamp == null", "(.spec.secretObjects // []) | length > 0"],
    steps: [
      {
        apply: {
          template: `
{{ $secret := index .spec.secretObjects 0 }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ $secret.secretName | Quote }}
  namespace: {{ .metadata.namespace | Quote }}
  labels: {{ toJson (merge (dict "secrets-store.csi.k8s.io/managed" "true") (default (dict) $secret.labels)) }}
  ownerReferences:
  - apiVersion: {{ .apiVersion | Quote }}
    kind: {{ .kind | Quote }}
    name: {{ .metadata.name | Quote }}
    uid: {{ .metadata.uid | Quote }}
type: {{ $secret.type | Quote }}
data:
{{ range $secret.data }}
  {{ .key | Quote }}: {{ b64enc "made up: no vault is asked here" | Quote }}
{{ end }}
`,
        },
      },
    ],
  },
];
