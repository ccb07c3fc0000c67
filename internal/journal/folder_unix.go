//go:build unix

package journal

import (
	"errors"
	"os"
)

// modesTell is whether the mode of a file says who may read it.
const modesTell = true

// syncFolder makes a new name durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
