//go:build !linux

package serve

// reloading tells of a reload; only Linux has systemd to hear it.
func reloading() string { return "RELOADING=1" }
