package pack

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"time"
)

// sink takes the files of a pack, one after the other.
type sink interface {
	// file begins the next file; it is written before the one after it begins.
	file(name string) (io.WriteCloser, error)
}

// zipped writes them into a zip file.
type zipped struct {
	z  *zip.Writer
	at time.Time
}

// newZip dates every file by the end of the period: nothing of now goes into a pack.
// A zip file knows the years 1980 to 2107.
func newZip(w io.Writer, end time.Time) *zipped {
	end = end.UTC().Truncate(2 * time.Second) // its unit
	if end.Year() < 1980 || end.Year() > 2107 {
		end = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return deflate(w) })
	return &zipped{z, end}
}

// deflate packs a file; a verifier packs it again and compares.
func deflate(w io.Writer) (*flate.Writer, error) { return flate.NewWriter(w, flate.BestSpeed) }

func (z *zipped) file(name string) (io.WriteCloser, error) {
	w, err := z.z.CreateHeader(z.header(name))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return stays{w}, nil
}

// header is all that a zip file says of a file, but for its size and hash.
func (z *zipped) header(name string) *zip.FileHeader {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate}
	h.SetMode(0o600)
	// The field that knows seconds and zones is left out: the old one says enough.
	h.ModifiedDate, h.ModifiedTime = dosTime(z.at) //nolint:staticcheck // the field that is meant
	return h
}

// dosTime writes a time as a zip file does.
func dosTime(t time.Time) (date, clock uint16) {
	date = uint16(t.Day() + int(t.Month())<<5 + (t.Year()-1980)<<9)
	clock = uint16(t.Second()/2 + t.Minute()<<5 + t.Hour()<<11)
	return date, clock
}

// stays is a writer that needs no closing.
type stays struct{ io.Writer }

func (stays) Close() error { return nil }

// folder writes them into a folder.
type folder struct{ root *os.Root }

func (f *folder) file(name string) (io.WriteCloser, error) {
	if dir := path.Dir(name); dir != "." {
		if err := f.root.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	file, err := f.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return synced{file}, nil
}

// synced is a file that is durable when it is closed.
type synced struct{ *os.File }

func (s synced) Close() error { return errors.Join(s.Sync(), s.File.Close()) }
