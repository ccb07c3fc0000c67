package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// smallDisk puts a file system of its own under a folder, so that it can be filled. It
// takes the right to mount; without it nothing is there, and no disk is ever full.
func smallDisk(dir string) (unmount func(), ok bool) {
	if os.Geteuid() != 0 || syscall.Mount("none", dir, "tmpfs", 0, "size=384m,mode=0700") != nil {
		return func() {}, false
	}
	return func() { _ = syscall.Unmount(dir, 0x2) }, true // MNT_DETACH: whoever still looks may look on
}

// fill leaves no byte of a folder's disk free, and gives what frees it again.
func fill(dir string) (free func(), err error) {
	path := filepath.Join(dir, "filler")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	block := make([]byte, 1<<20)
	for len(block) > 0 {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			block = block[:len(block)/2]
		} else if err != nil {
			return nil, errors.Join(err, f.Close(), os.Remove(path))
		}
	}
	return func() { _ = f.Close(); _ = os.Remove(path) }, nil // of a disk that goes with the soak
}
