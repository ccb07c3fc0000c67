package pack

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
)

// unzipped is a zip file that holds a pack.
type unzipped struct {
	r     io.ReaderAt
	size  int64
	files []*zip.File
	by    map[string]*zip.File
	all   []string
	bomb  bool // its files share their bytes, so nothing in it is read
}

// openZip reads the directory of a zip file. Names that lead out of the folder, that
// stand there twice, and files that are none are problems; such a file is not read.
func openZip(r io.ReaderAt, size int64, say func(file, format string, args ...any)) (*unzipped, error) {
	if err := countFiles(r, size); err != nil {
		return nil, err
	}
	budget := &bounded{r: r, left: maxDirectory}
	z, err := zip.NewReader(budget, size)
	budget.left = math.MaxInt64
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("it is no zip file that can be read: %w", err)
	}
	if len(z.File) > maxFiles {
		return nil, fmt.Errorf("there are more than %d files, which no pack has", maxFiles)
	}
	u := &unzipped{r: r, size: size, files: z.File, by: map[string]*zip.File{}}
	var packed uint64
	for _, f := range z.File {
		packed += min(f.CompressedSize64, math.MaxInt64/maxFiles)
		switch {
		case !plain(f.Name):
			say(f.Name, "its name could lead out of the folder that the pack is unpacked into, or means different things to different programs: it is not read")
			continue
		case u.by[f.Name] != nil:
			say(f.Name, "it stands there twice; which of them is unpacked depends on the program")
			continue
		case !f.Mode().IsRegular() || f.Flags&1 != 0 || f.Method != zip.Deflate && f.Method != zip.Store:
			say(f.Name, "it is no regular file, or packed in a way that no pack is: it is not read")
			u.by[f.Name] = &zip.File{}
		default:
			u.by[f.Name] = f
		}
		u.all = append(u.all, f.Name)
	}
	if packed > uint64(max(size, 0)) {
		u.bomb = true
		say("", "its files claim more packed bytes than the zip file has, as those of a zip bomb do: none is read")
	}
	return u, nil
}

func (u *unzipped) names() []string { return u.all }

func (u *unzipped) open(name string) (io.ReadCloser, error) {
	f := u.by[name]
	switch {
	case u.bomb:
		return nil, errors.New("nothing of this zip file is read")
	case f == nil:
		return nil, fs.ErrNotExist
	case f.Name == "":
		return nil, errNotOpened
	}
	return f.Open()
}

// whole puts the zip file together again from its packed files, in the order of the
// manifest, and compares every byte.
func (u *unzipped) whole(m Manifest, want []string, own bool) (string, bool) {
	if u.bomb {
		return "", false
	}
	same := &comparing{with: io.NewSectionReader(u.r, 0, u.size)}
	z := newZip(same, m.Period.To)
	err := u.again(z, want)
	if err == nil {
		err = z.z.Close()
	}
	if err == nil && same.at != u.size {
		err = errDiffers
	}
	if err == nil {
		return u.packedAgain(want, own)
	}
	if !errors.Is(err, errDiffers) {
		return fmt.Sprintf("it cannot be compared with what ajar would write: %v", err), false
	}
	return fmt.Sprintf("the zip file is not put together the way ajar does it, from byte %d on: something in it was changed, moved or hidden", same.at), false
}

// again writes the zip file as it should be.
func (u *unzipped) again(z *zipped, want []string) error {
	for _, name := range want {
		f := u.by[name]
		if f == nil || f.Name == "" {
			return errDiffers
		}
		h := z.header(name)
		h.Flags, h.CreatorVersion, h.ReaderVersion = 8, h.CreatorVersion&0xff00|20, 20
		h.CRC32, h.CompressedSize64, h.UncompressedSize64 = f.CRC32, f.CompressedSize64, f.UncompressedSize64
		w, err := z.z.CreateRaw(h)
		if err != nil {
			return err
		}
		if h.CompressedSize64 >= math.MaxUint32 || h.UncompressedSize64 >= math.MaxUint32 {
			h.ReaderVersion = 45 // as Go does: in the directory, not before the file
		}
		r, err := f.OpenRaw()
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, r); err != nil {
			return err
		}
	}
	return nil
}

// packedAgain packs every file anew and compares. Packed bytes can be changed here and
// there without a change of what they unpack to; those of this very program cannot. A
// program that was built with another version of the packing differs in each file.
func (u *unzipped) packedAgain(want []string, own bool) (what string, otherwise bool) {
	same, odd := 0, ""
	for _, name := range want {
		is, err := u.repack(u.by[name])
		switch {
		case err == nil && is:
			same++
		case odd == "":
			odd = name
		}
	}
	switch {
	case odd == "":
		return "", false
	case same == 0 && !own:
		return "", true
	}
	return fmt.Sprintf("the packed bytes of %s are not those that ajar packs it into: they were changed, even if what they unpack to was not", odd), false
}

// repack packs one file anew, no more of it than its header says.
func (u *unzipped) repack(f *zip.File) (bool, error) {
	raw, err := f.OpenRaw()
	if err != nil {
		return false, err
	}
	r, err := f.Open()
	if err != nil {
		return false, err
	}
	same := &comparing{with: raw}
	w, err := deflate(same)
	if err == nil {
		_, err = io.Copy(w, io.LimitReader(r, int64(min(f.UncompressedSize64, math.MaxInt64))))
	}
	if err == nil {
		err = w.Close()
	}
	err = errors.Join(err, r.Close())
	return err == nil && uint64(same.at) == f.CompressedSize64, err
}

var errDiffers = errors.New("it differs")

// comparing compares what is written with what is there.
type comparing struct {
	with    io.Reader
	also    io.Writer // gets what is the same; nil: nobody does
	at      int64     // up to here it is the same
	differs bool
	buf     []byte
}

func (c *comparing) Write(b []byte) (int, error) {
	if cap(c.buf) < len(b) {
		c.buf = make([]byte, len(b))
	}
	there := c.buf[:len(b)]
	n, err := io.ReadFull(c.with, there)
	if !bytes.Equal(b[:n], there[:n]) {
		for i := range n {
			if b[i] != there[i] {
				n = i
				break
			}
		}
		err = errDiffers
	}
	c.at += int64(n)
	if c.also != nil {
		if _, err := c.also.Write(b[:n]); err != nil {
			return n, err
		}
	}
	if err != nil {
		c.differs = true
		return n, errDiffers
	}
	return n, nil
}
