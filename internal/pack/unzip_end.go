package pack

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// maxDirectory bounds what is read of a zip file for its directory, in bytes: that of as
// many files as a pack may have, with names of 200 bytes, takes less.
const maxDirectory = 4 << 20

// bounded reads no more than some bytes.
type bounded struct {
	r    io.ReaderAt
	left int64
}

var errDirectory = errors.New("its directory is longer than that of any pack")

// ReadAt reads as the reader behind it does, until the bytes are used up.
func (b *bounded) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errDirectory
	}
	return b.r.ReadAt(p, at)
}

// The end of a zip file (APPNOTE.TXT of PKWARE, 4.3.14 to 4.3.16): the records of its end,
// and what they begin with.
const (
	endSize, endSign         = 22, 0x06054b50
	locatorSize, locatorSign = 20, 0x07064b50
	end64Size, end64Sign     = 56, 0x06064b50
)

// countFiles reads at the end of a zip file how many files it says that it has, before room
// is made for them. ajar writes no comment, so the end is the last of the file.
func countFiles(r io.ReaderAt, size int64) error {
	var end [endSize + locatorSize]byte
	from := max(size-int64(len(end)), 0)
	n, err := r.ReadAt(end[:min(size, int64(len(end)))], from)
	if err != nil && !errors.Is(err, io.EOF) || n < endSize {
		return errors.Join(errors.New("it is no zip file that can be read: it is too short"), err)
	}
	last := end[n-endSize : n]
	if binary.LittleEndian.Uint32(last) != endSign {
		return errors.New("it is no zip file that can be read: something stands behind its end, or the end is cut off")
	}
	files := uint64(max(binary.LittleEndian.Uint16(last[8:]), binary.LittleEndian.Uint16(last[10:])))
	if before := end[:n-endSize]; len(before) == locatorSize && binary.LittleEndian.Uint32(before) == locatorSign {
		var end64 [end64Size]byte
		at := binary.LittleEndian.Uint64(before[8:])
		if at > uint64(size) {
			return errors.New("it is no zip file that can be read: its end is elsewhere")
		}
		if _, err := r.ReadAt(end64[:], int64(at)); err != nil || binary.LittleEndian.Uint32(end64[:]) != end64Sign {
			return errors.New("it is no zip file that can be read: its end is elsewhere")
		}
		files = max(binary.LittleEndian.Uint64(end64[24:]), binary.LittleEndian.Uint64(end64[32:]))
	}
	if files > maxFiles {
		return fmt.Errorf("there are more than %d files, which no pack has", maxFiles)
	}
	return nil
}
