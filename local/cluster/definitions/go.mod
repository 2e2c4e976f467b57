// Modules of which only custom resource definitions are taken, nothing is built: apart from ../modules, so that a new version compiles nothing anew.
module liftlock.local/definitions

go 1.26.0

require github.com/envoyproxy/gateway v1.9.1

require github.com/prometheus-operator/prometheus-operator v0.92.1

require sigs.k8s.io/secrets-store-csi-driver v1.5.5
