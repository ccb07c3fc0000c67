package dashboards_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/dashboards"
)

// plain lets the words of JSON stand where Grafana's types have an enum.
const plain = `
import type { Dashboard } from '@grafana/schema';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { Options as BarOptions } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type { Options as TableOptions, FieldConfig as TableField } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type { Options as LineOptions, FieldConfig as LineField } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

type Plain<T> = unknown extends T ? T
  : T extends string ? ` + "`${T}`" + `
  : T extends number | boolean | null | undefined ? T
  : T extends (infer U)[] ? Plain<U>[]
  : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;

type Options = { stat: StatOptions; bargauge: BarOptions; table: TableOptions; timeseries: LineOptions };
type Custom = { stat: {}; bargauge: {}; table: Partial<TableField>; timeseries: LineField };
const options = <K extends keyof Options>(_: K, __: Plain<Options[K]>) => {};
const custom = <K extends keyof Custom>(_: K, __: Plain<Custom[K]>) => {};
`

// Grafana cannot be installed here; its published types are the next best judge.
func TestDashboardsHaveGrafanasTypes(t *testing.T) {
	root, err := filepath.Abs("../../.cache/npm/dashboard")
	if err != nil {
		t.Fatal(err)
	}
	compiler := filepath.Join(root, "node_modules/typescript/lib/tsc.js")
	node, missing := exec.LookPath("node")
	if _, err := os.Stat(compiler); err != nil || missing != nil {
		const why = "Grafana's types or node are not here; run scripts/dashboard-setup.sh"
		if os.Getenv("CI") == "true" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	dir, err := os.MkdirTemp(root, "check-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	var files []string
	for name, text := range map[string]string{"boards.ts": declared(t), "wrong.ts": `options("stat", {"colorMode":"rainbow"});`} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(plain+text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	cmd := exec.CommandContext(t.Context(), node, append([]string{compiler, "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022",
		"--module", "esnext", "--moduleResolution", "bundler"}, files...)...)
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "rainbow") {
		t.Errorf("a colour mode that does not exist is taken: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if !strings.Contains(line, "wrong.ts") && !strings.HasPrefix(line, " ") {
			t.Error(line)
		}
	}
}

// declared states each dashboard, and each panel's options, as of Grafana's types.
func declared(t *testing.T) string {
	t.Helper()
	text := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	var out strings.Builder
	n := 0
	for _, b := range dashboards.All() {
		fmt.Fprintf(&out, "const board%d: Plain<Dashboard> = %s;\n", n, text(b))
		for _, p := range b.Panels {
			fmt.Fprintf(&out, "options(%q, %s);\n", p.Type, text(p.Options))
			if p.FieldConfig.Defaults.Custom != nil {
				fmt.Fprintf(&out, "custom(%q, %s);\n", p.Type, text(p.FieldConfig.Defaults.Custom))
			}
		}
		n++
	}
	return out.String()
}
