package dashboards_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/eb661601/ajar/internal/dashboards"
)

var update = flag.Bool("update", false, "rewrite the files in dashboards/")

const folder = "../../dashboards"

func TestFilesAreWhatIsDrawn(t *testing.T) {
	all := dashboards.All()
	for name, b := range all {
		want, err := b.Text()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, name)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if have, err := os.ReadFile(path); err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s is not what internal/dashboards draws (%v); make golden writes it", name, err)
		}
	}
	files, err := filepath.Glob(folder + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, ok := all[filepath.Base(f)]; !ok {
			t.Errorf("nobody draws %s", f)
		}
	}
}
