// Package deploy holds the tests of what is shipped beside the binary: the systemd
// unit, the image, the manifests, the workflow, the release. Each is held to the
// rules that docs/operations.md and docs/safety.md state, and judged by its own
// tool where that is installed. That the commands they start exist, with those
// flags, is tested in cmd/ajar.
package deploy
