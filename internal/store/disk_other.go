//go:build !linux

package store

// onLocalDisk has no answer here; the lock file still keeps two writers apart.
func onLocalDisk(string) error { return nil }
