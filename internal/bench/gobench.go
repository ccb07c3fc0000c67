package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// long is what makes the tests of a package take their largest size.
var long = map[string]string{"collector": "XL", "internal/faults": "1"}

// packages lists those whose benchmarks and tests measure a goal, with the names
// of these, in the table's order.
func packages() (order []string, names map[string][]string) {
	names = map[string][]string{}
	for _, g := range goals {
		pkg, rest, _ := strings.Cut(g.key, " ")
		if pkg == "audit" {
			continue
		}
		name, _, _ := strings.Cut(rest, " ")
		name, _, _ = strings.Cut(name, "/")
		if names[pkg] == nil {
			order = append(order, pkg)
		}
		if !slices.Contains(names[pkg], name) {
			names[pkg] = append(names[pkg], name)
		}
	}
	return order, names
}

// measure runs a package's benchmarks three times each, and its tests once, and
// keeps the best of every number.
func measure(ctx context.Context, pkg string, names []string, xl bool, into numbers) error {
	var benches, tests []string
	for _, n := range names {
		if strings.HasPrefix(n, "Benchmark") {
			benches = append(benches, n)
		} else {
			tests = append(tests, n)
		}
	}
	args := [][]string{}
	if benches != nil {
		args = append(args, []string{"-run", "^$", "-bench", "^(" + strings.Join(benches, "|") + ")$", "-benchtime", "1x", "-count", "3"})
	}
	if tests != nil {
		args = append(args, []string{"-v", "-count", "1", "-run", "^(" + strings.Join(tests, "|") + ")$"})
	}
	for _, a := range args {
		a = append([]string{"test", "./" + pkg, "-timeout", "30m"}, a...)
		cmd := exec.CommandContext(ctx, "go", a...) //nolint:gosec // every argument stands in the table
		cmd.Env = os.Environ()
		if xl {
			cmd.Env = append(cmd.Env, "AJAR_XL=1", "AJAR_LONG="+long[pkg])
		}
		text, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", pkg, err, text)
		}
		for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
			keep(pkg, s.Text(), into)
		}
	}
	return nil
}

// keep reads one line of `go test`: of a benchmark the name with the number of
// processors behind a dash, the count of runs, then pairs of number and unit; of a
// test what it says of itself, "=== ATTR  TestName key value".
func keep(pkg, line string, into numbers) {
	f := strings.Fields(line)
	switch {
	case len(f) == 5 && f[0] == "===" && f[1] == "ATTR":
		if v, err := strconv.ParseFloat(f[4], 64); err == nil {
			into[pkg+" "+f[2]+" "+f[3]] = v
		}
	case len(f) >= 4 && strings.HasPrefix(f[0], "Benchmark"):
		name := f[0]
		if i := strings.LastIndexByte(name, '-'); i > 0 {
			name = name[:i]
		}
		for i := 2; i+1 < len(f); i += 2 {
			if v, err := strconv.ParseFloat(f[i], 64); err == nil {
				key := pkg + " " + name + " " + f[i+1]
				into.best(key, v, more(key))
			}
		}
	}
}

// more reports whether a larger number is the better one.
func more(key string) bool {
	return slices.ContainsFunc(goals, func(g goal) bool { return g.key == key && g.atLeast })
}
