package deploy

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// tracked is a working copy without what is made in it: what git ignores, and git's
// own files.
type tracked struct{ root string }

func (f tracked) Open(name string) (fs.File, error) { return os.DirFS(f.root).Open(name) }

// ReadDir lists a folder.
func (f tracked) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(os.DirFS(f.root), name)
	return slices.DeleteFunc(all, func(d fs.DirEntry) bool {
		made := name == "." && slices.Contains([]string{"dist", "ajar", ".cache", ".git"}, d.Name())
		return made || strings.Contains(path.Base(d.Name()), ".db") || d.Name() == "node_modules" || d.Type()&fs.ModeSymlink != 0
	}), err
}
