// Command cabundle writes Mozilla's certificate authorities as PEM, for the image
// that has no system under it: out of the module that go.sum pins, so that the
// image's bytes follow from the repository. An authority that Mozilla trusts only in
// part, up to a date for instance, cannot be written that way and is left out.
package main

import (
	"bufio"
	"encoding/pem"
	"fmt"
	"os"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "cabundle:", err)
		os.Exit(1)
	}
}

func write() error {
	out := bufio.NewWriter(os.Stdout)
	written, left := 0, 0
	for root := range bundle.Roots() {
		if root.Constraint != nil {
			left++
			continue
		}
		if err := pem.Encode(out, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}); err != nil {
			return fmt.Errorf("writing an authority: %w", err)
		}
		written++
	}
	fmt.Fprintf(os.Stderr, "cabundle: %d authorities, %d that are trusted in part are left out\n", written, left)
	return out.Flush()
}
