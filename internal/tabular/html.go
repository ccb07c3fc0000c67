package tabular

import (
	"context"
	"errors"
	"io"

	"github.com/eb661601/ajar/internal/evidence"
)

// WriteHTML writes the evidence as one page.
func WriteHTML(context.Context, io.Writer, evidence.Evidence) error {
	return errors.New("pages are not written yet")
}
