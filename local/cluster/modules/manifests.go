// Package modules only pins versions: the programs are `tool` lines of go.mod, and this import keeps the module whose manifests we copy.
package modules

import _ "sigs.k8s.io/gateway-api/apis/v1"
