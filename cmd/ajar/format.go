package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/report"
)

// general are the formats that every command with results has.
var general = []report.Format{report.Table, report.JSON, report.CSV}

// forTools are the formats of findings for the tools that people already have.
var forTools = []report.Format{report.SARIF, report.OCSF, report.CEF}

// moreFormats is the annotation of a command that has others too.
const moreFormats = "formats"

// also says that the command has more formats than the general ones.
func also(cmd *cobra.Command, more ...report.Format) *cobra.Command {
	var words []string
	for _, f := range more {
		words = append(words, string(f))
	}
	annotate(cmd, moreFormats, strings.Join(words, " "))
	return cmd
}

// annotate notes something about a command beside what is noted already.
func annotate(cmd *cobra.Command, key, value string) {
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[key] = value
}

// formatsOf gives those of a command.
func formatsOf(cmd *cobra.Command) []report.Format {
	out := slices.Clone(general)
	for _, w := range strings.Fields(cmd.Annotations[moreFormats]) {
		out = append(out, report.Format(w))
	}
	return out
}

// format is the one that --output asks for.
func (a *app) format() (report.Format, error) {
	f, err := report.ParseFormat(a.flags.output)
	if err != nil {
		return "", withHint(usage("--output %q is not a format", a.flags.output), "one of %s", report.FormatWords())
	}
	return f, nil
}

// fits refuses a format that the command does not have.
func (a *app) fits(cmd *cobra.Command) error {
	f, err := a.format()
	if err != nil {
		return err
	}
	have := formatsOf(cmd)
	if slices.Contains(have, f) {
		return nil
	}
	var where []string
	for _, c := range cmd.Root().Commands() {
		if slices.Contains(formatsOf(c), f) {
			where = append(where, c.CommandPath())
		}
	}
	words := make([]string, len(have))
	for i, h := range have {
		words[i] = string(h)
	}
	return withHint(usage("%s has no --output %s", cmd.CommandPath(), f), "one of %s; there is %s in %s", strings.Join(words, ", "), f, strings.Join(where, " and "))
}

// onePage refuses to write several organizations in a format that has one document
// a file: two of them in one file are none.
func (a *app) onePage(orgs []string) error {
	what := map[report.Format]string{report.HTML: "an HTML page", report.SARIF: "a SARIF file"}
	f, err := a.format()
	if err != nil || what[f] == "" || len(orgs) < 2 {
		return err
	}
	return withHint(usage("%s is about one organization; here are %s", what[f], strings.Join(orgs, ", ")), "add --org %s", orgs[0])
}

// wantsOverview reports whether the format shows the overview of an audit.
func (a *app) wantsOverview() bool {
	f, err := a.format()
	return err == nil && (f == report.HTML || f == report.JSON)
}

// into runs do with stdout going to a file, which is put there whole or not at
// all, readable by its owner alone. It replaces one that is there.
func (a *app) into(path string, do func() error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".partial-*") // mode 0600
	if err != nil {
		return notWritten(path, err)
	}
	out, before := a.out, a.status
	a.out = f
	defer func() {
		a.out = out
		if gone := os.Remove(f.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}()
	if err := do(); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return notWritten(path, err)
	}
	if a.status != before && (a.status == failed || a.status == interrupted) {
		a.say("%s was not written, for what would be in it is not whole", path)
		return nil
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return notWritten(path, err)
	}
	a.remark("%s", fmt.Sprintf("wrote %s", path))
	return nil
}
