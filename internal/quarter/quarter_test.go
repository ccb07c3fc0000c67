package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/contract"
)

// lived is the quarter that all tests look at.
var lived struct {
	sync.Once
	q   *quarter
	dir string // of everything
	err error
}

var left = flag.String("quarter", "", "look at what make quarter left in `DIR`, instead of living through a quarter")

func TestMain(m *testing.M) {
	code := m.Run()
	if lived.q != nil {
		lived.q.close()
	}
	if lived.dir != "" {
		_ = os.RemoveAll(lived.dir) // what is left of it does no harm
	}
	os.Exit(code)
}

// aQuarter lives through one on the Kubernetes organizations: on those that have a few
// hundred grants each, or on all of them with AJAR_LONG.
func aQuarter(t *testing.T) *quarter {
	t.Helper()
	if testing.Short() {
		t.Skip("it builds the program and runs it some hundred times")
	}
	if *left != "" {
		q := &quarter{dir: *left, binary: filepath.Join(*left, "ajar"), o: options{log: io.Discard}}
		q.set(last.Add(8 * time.Hour))
		return q
	}
	world := contract.WorldFile(t, "kubernetes.json").Name()
	lived.Do(func() {
		at := "" // files cost little in memory, and there are some hundred commands
		if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
			at = "/dev/shm"
		}
		dir, err := os.MkdirTemp(at, "ajar-quarter-")
		if err != nil {
			lived.err = err
			return
		}
		lived.dir = dir
		var log bytes.Buffer
		o := options{dir: filepath.Join(dir, "work"), world: world, every: 24 * time.Hour, seed: 1, log: &log}
		o.orgs = []string{"etcd-io", "kubernetes-client", "kubernetes-csi", "kubernetes-incubator"}
		if os.Getenv("AJAR_LONG") != "" {
			o.orgs, o.every = nil, 12*time.Hour
		}
		start := time.Now()
		if lived.q, lived.err = live(context.Background(), o); lived.err == nil {
			lived.err = lived.q.packs(context.Background())
		}
		if lived.err != nil {
			t.Log(log.String())
			return
		}
		t.Logf("%d audits, %d commands and %d packs in %v of CPU time and %v", lived.q.audits, lived.q.commands, len(frameworks), lived.q.spent.Round(time.Second), time.Since(start).Round(time.Second))
	})
	if lived.err != nil {
		t.Fatal(lived.err)
	}
	return lived.q
}

// unpacked puts the files of a pack into a folder, and gives their names in their order.
func unpacked(t *testing.T, path string) (dir string, names []string) {
	t.Helper()
	dir = t.TempDir()
	if err := unpack(path, dir); err != nil {
		t.Fatal(err)
	}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, names
}

func put(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, parts ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// row is one of a table, by the names of its columns.
type row map[string]string

// tables reads every CSV of a pack's tables.
func tables(t *testing.T, dir string) map[string][]row {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "tables", "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]row{}
	for _, path := range files {
		all := cells(t, read(t, path))
		name := strings.TrimSuffix(filepath.Base(path), ".csv")
		out[name] = []row{}
		for _, line := range all[1:] {
			r := row{}
			for i, c := range line {
				r[all[0][i]] = c
			}
			out[name] = append(out[name], r)
		}
	}
	return out
}

func cells(t *testing.T, text []byte) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	if err != nil || len(all) == 0 {
		t.Fatal(err)
	}
	return all
}

// checked is what ajar verify says of a pack.
type checked struct {
	Sound, Complete bool
	Problems        []struct{ File, What string }
	Gaps            []struct{ Organization, Area, Reason string }
	Unproven        []string `json:"not_proven"`
}

func (q *quarter) verify(t *testing.T, path string, codes ...int) checked {
	t.Helper()
	out, err := q.ajar(t.Context(), readToken, codes, "verify", path, "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	var c checked
	if err := json.Unmarshal([]byte(out), &c); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return c
}

// Every pack of the quarter is sound, and says first what was not seen.
func TestThePacksOfAQuarterAreSoundAndNameTheirGaps(t *testing.T) {
	q := aQuarter(t)
	for _, f := range frameworks {
		c := q.verify(t, q.path(f+".zip"), 3)
		if !c.Sound || c.Complete {
			t.Errorf("%s: sound %t, complete %t, %v", f, c.Sound, c.Complete, c.Problems)
		}
		told := ""
		for _, g := range c.Gaps {
			told += g.Organization + " " + g.Area + " " + g.Reason + "\n"
		}
		for _, want := range []string{"no snapshot was taken for ", "organization-roles organization roles of", "did not come to its end"} {
			if !strings.Contains(told, want) {
				t.Errorf("%s: no gap says %q:\n%s", f, want, told)
			}
		}
		if len(c.Unproven) == 0 || !strings.Contains(c.Unproven[0], "INCOMPLETE") {
			t.Errorf("%s: not the first thing that is not proven: %q", f, c.Unproven)
		}
	}
}

// What happened in the quarter is in the tables: a test of a pack in which nothing
// happened would show nothing.
func TestEverythingThatHappensInAQuarterIsInItsTables(t *testing.T) {
	q := aQuarter(t)
	dir, _ := unpacked(t, q.path("soc2.zip"))
	all := tables(t, dir)
	for _, c := range []struct {
		what, table string
		is          func(row) bool
	}{
		{"access that came behind ajar's back", "access-changes", func(r row) bool { return r["change"] == "came" && r["manner"] == "out-of-band" }},
		{"access that a plan took", "access-changes", func(r row) bool { return r["change"] == "went" && r["manner"] == "planned" }},
		{"access that was put back", "access-changes", func(r row) bool { return r["manner"] == "restored" }},
		{"an author by the audit log", "access-changes", func(r row) bool { return r["actor"] != "" }},
		{"a changed setting", "setting-changes", func(r row) bool { return r["class"] == "settings" }},
		{"a weaker gate", "setting-changes", func(r row) bool { return r["class"] == "environments" && r["effect"] == "more" }},
		{"a repository that was shown to all", "setting-changes", func(r row) bool { return r["class"] == "repositories" && r["effect"] == "more" }},
		{"a waiver that ended", "waivers", func(r row) bool { return r["until"] != "" }},
		{"a waiver in force", "waivers", func(r row) bool { return r["until"] == "" }},
		{"a plan that was approved", "approvals", func(r row) bool { return r["decision"] == "approved" }},
		{"a plan that was refused", "approvals", func(r row) bool { return r["decision"] == "refused" }},
		{"a plan that was withdrawn", "approvals", func(r row) bool { return r["decision"] == "withdrawn" }},
		{"a hold by hand", "holds", func(r row) bool { return r["kind"] == "manual" && r["lifted_at"] != "" }},
		{"a run of the daemon's own", "runs", func(r row) bool { return r["automatic"] == "yes" }},
		{"a run that was approved", "runs", func(r row) bool { return r["approvals"] != "0" && r["approvals"] != "" }},
		{"a change that was verified", "actions", func(r row) bool { return r["state"] == "verified" }},
		{"a message that was sent", "notices", func(r row) bool { return r["told_by"] == "outbox" && r["state"] == "sent" }},
		{"a word before a change", "notices", func(r row) bool { return r["told_by"] == "journal" }},
		{"a pass that broke off", "passes", func(r row) bool { return r["finished"] == "no" }},
		{"data that was denied", "coverage", func(r row) bool { return r["status"] == "denied" }},
		{"a finding that was remedied", "findings", func(r row) bool { return r["state"] == "resolved" && r["remedy_seconds"] != "" }},
		{"a second baseline", "baselines", func(r row) bool {
			return r["kind"] == "baseline" && r["hash"] != all["baselines"][0]["hash"]
		}},
		{"a new key", "journal", func(r row) bool { return strings.Contains(r["kind"], "key") }},
	} {
		n := 0
		for _, r := range all[c.table] {
			if c.is(r) {
				n++
			}
		}
		if n == 0 {
			t.Errorf("%s: none in %s", c.what, c.table)
		}
	}
}
