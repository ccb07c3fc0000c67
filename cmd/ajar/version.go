package main

import (
	"cmp"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/report"
)

func newVersion(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Say which version this is",
		Long:    "Say which version this is. ajar --version and ajar -v say the same.",
		Example: "  ajar version --json",
		Args:    exactly(),
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				if f, err := a.format(); err != nil || f == report.CSV {
					return cmp.Or(err, withHint(usage("--json and --output csv say two things"), "keep one of them"))
				}
				a.flags.output = string(report.JSON)
			}
			return a.show(buildVersion())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as --output json")
	return cmd
}

// buildVersion reads what the Go tool noted when it built the binary.
func buildVersion() report.Version {
	v := report.Version{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Time, _ = time.Parse(time.RFC3339, s.Value) // zero where it is no time: then it is not shown
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}
