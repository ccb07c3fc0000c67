package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestManualPagesAreAcceptedAndWhole has the formatters that are there read every
// page, and looks each flag up in what comes out.
func TestManualPagesAreAcceptedAndWhole(t *testing.T) {
	dir := t.TempDir()
	root := newRoot(&app{program: "ajar"})
	if err := writeManual(root, dir); err != nil {
		t.Fatal(err)
	}
	groff, err := exec.LookPath("groff")
	if err != nil && os.Getenv("CI") == "true" {
		t.Error("groff is not installed")
	}
	mandoc, noMandoc := exec.LookPath("mandoc")
	pages := 0
	each(root, func(c *cobra.Command) {
		if !inManual(c) {
			return
		}
		pages++
		file := filepath.Join(dir, manName(c)+".1")
		if err == nil {
			cmd := exec.CommandContext(t.Context(), groff, "-man", "-Tutf8", "-ww", "-P-c", "-k", file)
			var out, said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &said
			if err := cmd.Run(); err != nil || said.Len() > 0 {
				t.Errorf("%s: %v: %s", file, err, said.String())
			}
			shown := plainText(out.String())
			c.Flags().VisitAll(func(f *pflag.Flag) {
				if !f.Hidden && !strings.Contains(shown, "--"+f.Name) {
					t.Errorf("%s does not show --%s", file, f.Name)
				}
			})
			for line := range strings.Lines(c.Example) {
				if !strings.Contains(shown, strings.TrimSpace(line)) {
					t.Errorf("%s does not show %q", file, line)
				}
			}
		}
		if noMandoc == nil {
			if said, err := exec.CommandContext(t.Context(), mandoc, "-T", "lint", "-W", "error", file).CombinedOutput(); err != nil {
				t.Errorf("%s: %s", file, said)
			}
		}
	})
	if files, err := os.ReadDir(dir); err != nil || len(files) != pages || pages < 30 {
		t.Errorf("%d files for %d commands: %v", len(files), pages, err)
	}
}

// plainText takes bold and underlined away, which a terminal of old wrote as a
// character, a backspace and a character.
func plainText(s string) string {
	var out []rune
	for _, r := range s {
		if r == '\b' {
			out = out[:max(len(out)-1, 0)]
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

func TestHelpNamesTheProgramAsItIsCalled(t *testing.T) {
	root := newRoot(&app{program: "gh ajar"})
	each(root, func(c *cobra.Command) {
		if c.Name() == "completion" || c.HasParent() && c.Parent().Name() == "completion" {
			return
		}
		for line := range strings.Lines(c.UsageString() + c.Long + c.Example) {
			if strings.HasPrefix(strings.TrimSpace(line), "ajar ") && !strings.HasPrefix(line, "ajar ") { // at the margin it is prose
				t.Errorf("%s: %q names another program", c.CommandPath(), line)
			}
		}
		if !strings.HasPrefix(c.CommandPath(), "gh ajar") {
			t.Errorf("%q is the path of a command", c.CommandPath())
		}
	})
	if long := root.Long; !strings.Contains(long, `"gh ajar demo"`) {
		t.Errorf("the text of the program speaks of another one:\n%s", long)
	}
}
