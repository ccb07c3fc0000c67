// Command bench runs the benchmarks that measure a performance goal and prints
// each goal beside what was measured here. It exits 1 where a goal is missed.
//
//	go run ./internal/bench [-xl]
package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// goal is one line of the table: a benchmark, the unit it reports, and the
// bound that the number must keep.
type goal struct {
	id, what   string
	pkg, bench string // the package's folder and the benchmark's full name
	unit       string
	limit      float64
	atLeast    bool    // the number must not be below the limit; otherwise not above
	scale      float64 // what the reported number is divided by for printing; 0 = 1
	print      string  // the unit as people read it
	xl         bool
}

const (
	queries = "queries/repo(goal<=0.08)"
	points  = "points/repo(goal<=0.08)"
)

var goals = []goal{
	{id: "P1", what: "queries a repository, S", pkg: "collector", bench: "BenchmarkP1APIBudget/S", unit: queries, limit: 0.08},
	{id: "P1", what: "points a repository, S", pkg: "collector", bench: "BenchmarkP1APIBudget/S", unit: points, limit: 0.08},
	{id: "P1", what: "queries a repository, L", pkg: "collector", bench: "BenchmarkP1APIBudget/L", unit: queries, limit: 0.08},
	{id: "P1", what: "points a repository, L", pkg: "collector", bench: "BenchmarkP1APIBudget/L", unit: points, limit: 0.08},
	{id: "P1", what: "queries a repository, XL", pkg: "collector", bench: "BenchmarkP1APIBudget/XL", unit: queries, limit: 0.08, xl: true},
	{id: "P1", what: "points a repository, XL", pkg: "collector", bench: "BenchmarkP1APIBudget/XL", unit: points, limit: 0.08, xl: true},
	{id: "P8", what: "ingest, grant rows a CPU second", pkg: "internal/store", bench: "BenchmarkIngest", unit: "rows/cpu-s", limit: 150_000, atLeast: true},
	{id: "P9", what: "a pass without a change adds", pkg: "internal/store", bench: "BenchmarkLarge/unchanged", unit: "bytes/pass", limit: 4096, print: "B"},
	{id: "P10", what: "history, each live grant", pkg: "internal/store", bench: "BenchmarkHistory", unit: "B/live-grant", limit: 60, print: "B"},
	{id: "P10", what: "history, each changed grant", pkg: "internal/store", bench: "BenchmarkHistory", unit: "B/changed-grant", limit: 35, print: "B"},
	{id: "P11", what: "who-can, p99", pkg: "internal/store", bench: "BenchmarkHistory", unit: "p99-on-ms", limit: 1, print: "ms"},
	{id: "P11", what: "access of one principal, p99", pkg: "internal/store", bench: "BenchmarkHistory", unit: "p99-of-ms", limit: 1, print: "ms"},
	{id: "P11", what: "the organization at an instant, p99", pkg: "internal/store", bench: "BenchmarkHistory", unit: "p99-load-ms", limit: 1000, print: "ms"},
	{id: "P12", what: "effective access on L, sparse", pkg: "reach", bench: "BenchmarkWholeOrganization/sparse", unit: "cpu-ms/op", limit: 15, print: "ms CPU"},
	{id: "P12", what: "effective access on L, dense", pkg: "reach", bench: "BenchmarkWholeOrganization/dense", unit: "cpu-ms/op", limit: 500, print: "ms CPU"},
	{id: "P12", what: "one changed repository, dense", pkg: "reach", bench: "BenchmarkOneChange/dense/repository", unit: "cpu-ms/op", limit: 1, print: "ms CPU"},
	{id: "P12", what: "one changed team, dense", pkg: "reach", bench: "BenchmarkOneChange/dense/team-members", unit: "cpu-ms/op", limit: 1, print: "ms CPU"},
	{id: "P14", what: "a million rows of access to CSV", pkg: "internal/report", bench: "BenchmarkMatrixCSV1M", unit: "ns/op", limit: 3, scale: 1e9, print: "s"},
}

func main() {
	xl := flag.Bool("xl", false, "measure 100 000 repositories as well (a minute, 1 GB)")
	flag.Parse()
	os.Exit(run(context.Background(), *xl, os.Stdout, os.Stderr))
}

func run(ctx context.Context, xl bool, out, talk io.Writer) int {
	measured, code := map[string]float64{}, 0
	for _, pkg := range packages() {
		fmt.Fprintf(talk, "measuring %s\n", pkg)
		if err := measure(ctx, pkg, xl, measured); err != nil {
			fmt.Fprintf(talk, "bench: %v\n", err)
			code = 1
		}
	}
	fmt.Fprintf(out, "%-4s  %-38s  %14s  %14s\n", "", "", "goal", "measured here")
	for _, g := range goals {
		if g.xl && !xl {
			continue
		}
		v, ok := measured[g.pkg+" "+g.bench+" "+g.unit]
		verdict := "met"
		switch {
		case !ok:
			verdict = "NOT MEASURED"
		case g.atLeast && v/g.div() < g.limit, !g.atLeast && v/g.div() > g.limit:
			verdict = "MISSED"
		}
		if verdict != "met" {
			code = 1
		}
		bound := "≤"
		if g.atLeast {
			bound = "≥"
		}
		fmt.Fprintf(out, "%-4s  %-38s  %14s  %14s  %s\n", g.id, g.what, bound+" "+g.number(g.limit), g.number(v/g.div()), verdict)
	}
	return code
}

func (g goal) div() float64 {
	if g.scale == 0 {
		return 1
	}
	return g.scale
}

func (g goal) number(v float64) string {
	return strings.TrimSpace(strconv.FormatFloat(v, 'g', 4, 64) + " " + g.print)
}

// packages lists those that have a goal, each once, in the table's order.
func packages() []string {
	var out []string
	seen := map[string]bool{}
	for _, g := range goals {
		if !seen[g.pkg] {
			seen[g.pkg] = true
			out = append(out, g.pkg)
		}
	}
	return out
}

// measure runs the package's benchmarks that have a goal, three times each, and
// keeps the best of every number: what else the machine does only makes it worse.
func measure(ctx context.Context, pkg string, xl bool, into map[string]float64) error {
	cmd := exec.CommandContext(ctx, "go", "test", "./"+pkg, "-run", "^$", "-bench", pattern(pkg), "-benchtime", "1x", "-count", "3", "-timeout", "20m") //nolint:gosec // every argument stands in the table above
	cmd.Env = os.Environ()
	if xl {
		cmd.Env = append(cmd.Env, "AJAR_XL=1")
	}
	text, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", pkg, err, text)
	}
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		keep(pkg, s.Text(), into)
	}
	return nil
}

// pattern matches the top-level benchmarks of a package that have a goal.
func pattern(pkg string) string {
	var names []string
	seen := map[string]bool{}
	for _, g := range goals {
		name, _, _ := strings.Cut(g.bench, "/")
		if g.pkg == pkg && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return "^(" + strings.Join(names, "|") + ")$"
}

// keep reads one line of `go test -bench`: the name with the number of
// processors behind a dash, the count of runs, then pairs of number and unit.
func keep(pkg, line string, into map[string]float64) {
	f := strings.Fields(line)
	if len(f) < 4 || !strings.HasPrefix(f[0], "Benchmark") {
		return
	}
	name := f[0]
	if i := strings.LastIndexByte(name, '-'); i > 0 {
		name = name[:i]
	}
	for i := 2; i+1 < len(f); i += 2 {
		v, err := strconv.ParseFloat(f[i], 64)
		if err != nil {
			continue
		}
		key := pkg + " " + name + " " + f[i+1]
		old, ok := into[key]
		if better := v < old; !ok || better != more(pkg, name, f[i+1]) {
			into[key] = v
		}
	}
}

// more reports whether a larger number is the better one.
func more(pkg, name, unit string) bool {
	for _, g := range goals {
		if g.pkg == pkg && g.bench == name && g.unit == unit {
			return g.atLeast
		}
	}
	return false
}
