//go:build !linux

package store

// onLocalDisk has no answer here; the lock file still keeps two writers apart.
func onLocalDisk(string) error { return nil }

// freeSpace is not known here; a disk that fills up fails the work, and harms
// nothing.
func freeSpace(string) (bytes int64, known bool) { return 0, false }

// mayWrite has no answer here without writing.
func mayWrite(string) error { return nil }
