package store

import (
	"errors"
	"os"
	"syscall"
)

// The kinds of file system that live on another machine (statfs(2)). SQLite's
// log is shared memory, which does not reach that far.
var remote = map[int64]string{
	0x6969: "NFS", 0x517b: "SMB", 0xff534d42: "CIFS", 0xfe534d42: "SMB2", 0x5346414f: "AFS", 0x00c36400: "Ceph",
}

func onLocalDisk(dir string) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return err
	}
	return refuseRemote(int64(uint32(st.Type)))
}

func refuseRemote(number int64) error {
	if name, ok := remote[number]; ok {
		return errors.New("it lies on a network file system (" + name + "), where it could be damaged; choose a local disk")
	}
	return nil
}

// freeSpace gives the bytes of a folder's disk that this account may still use.
func freeSpace(dir string) (bytes int64, known bool) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * st.Bsize, true
}

// mayWrite asks the system whether this account may write a file or a folder.
func mayWrite(path string) error {
	const write = 2 // W_OK of access(2)
	if err := syscall.Access(path, write); err != nil {
		return &os.PathError{Op: "writing", Path: path, Err: err}
	}
	return nil
}
