// Package oscal writes the control matrix of an evidence as assessment results in
// OSCAL, NIST's format for them.
package oscal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/eb661601/ajar/internal/evidence"
)

// Version is the version of OSCAL that the document is written by.
const Version = "1.1.3"

// namespace qualifies the names of ajar's own properties.
const namespace = "https://github.com/eb661601/ajar/ns/oscal"

// Write writes e as assessment results in JSON. The same evidence gives the same bytes:
// each identifier is a UUID of version 5 of what it stands for, and the time of the last
// change is the end of the period.
//
// OSCAL knows an objective as satisfied or not, and nothing else. The objectives here
// are ajar's own, one for each control: that its records of the period are complete and
// count no exception. Whether the control itself is satisfied is not said.
func Write(ctx context.Context, w io.Writer, e evidence.Evidence) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("writing assessment results: %w", err)
	}
	if len(e.Controls) == 0 {
		return errors.New("writing assessment results: the evidence has no controls")
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(document{newDraft(e).results()}); err != nil {
		return fmt.Errorf("writing assessment results: %w", err)
	}
	return nil
}

// controlID gives the id of a control as OSCAL's token: NIST's own spelling in its
// catalog for NIST's, and a prefix where an id begins with a digit.
func controlID(f evidence.Framework, id string) string {
	switch f {
	case evidence.NIST80053:
		return strings.NewReplacer("(", ".", ")", "").Replace(strings.ToLower(id))
	case evidence.CISGitHub:
		return "cis-" + id
	}
	return id
}

func objectiveID(f evidence.Framework, id string) string { return controlID(f, id) + "_ajar-records" }
