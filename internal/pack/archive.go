package pack

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// maxFiles bounds how many files of a pack are looked at.
const maxFiles = 10_000

// archive is a pack that is being read: nothing in it is believed.
type archive interface {
	// names lists its files in their order.
	names() []string
	// open opens one of them; what it gives may be longer than anybody says.
	open(name string) (io.ReadCloser, error)
	// whole compares the archive itself with the way ajar would put it together from
	// these files; "" where there is nothing to say. own says that this very program made
	// the pack; another one may have packed each file in another way, and then otherwise
	// is true: nothing is shown of the packed bytes.
	whole(m Manifest, want []string, own bool) (what string, otherwise bool)
}

// errNotOpened is what is said of files that are not read at all.
var errNotOpened = errors.New("it is no regular file, so it is not opened")

// opened is a folder that holds a pack.
type opened struct {
	root *os.Root
	all  []string
	odd  []string // that are no regular files
}

// openFolder lists a folder. Links are not followed, and nothing outside is reached.
func openFolder(path string, say func(file, format string, args ...any)) (*opened, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	o := &opened{root: root}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case len(o.all) == maxFiles:
			return fmt.Errorf("there are more than %d files, which no pack has", maxFiles)
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			say(name, "it is no regular file, which no pack has")
			o.odd = append(o.odd, name)
		}
		o.all = append(o.all, name)
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return o, nil
}

func (o *opened) names() []string { return o.all }

func (o *opened) open(name string) (io.ReadCloser, error) {
	if slices.Contains(o.odd, name) {
		return nil, errNotOpened
	}
	return o.root.Open(filepath.FromSlash(name))
}

func (o *opened) whole(Manifest, []string, bool) (string, bool) { return "", false }
