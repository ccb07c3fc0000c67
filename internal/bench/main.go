// Command bench measures the performance goals and prints each of them beside
// what was measured here. It exits 1 where a goal is missed.
//
//	go run ./internal/bench [-xl] [-only P5]
//
// The whole audit is measured from outside: the program itself is built, run as a
// child and asked for its CPU time and memory, while this process plays GitHub.
// What one package does is measured by that package's own benchmarks, and what
// takes made-up time by its tests.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/githubsim"
)

func main() {
	xl := flag.Bool("xl", false, "measure 100 000 repositories as well (some minutes, 2 GB)")
	only := flag.String("only", "", "comma-separated `goals` to measure, such as P5,P6; all unless given")
	flag.Parse()
	var wanted []string
	if *only != "" {
		wanted = strings.Split(*only, ",")
		goals = slices.DeleteFunc(goals, func(g goal) bool { return !slices.Contains(wanted, g.id) })
	}
	os.Exit(run(context.Background(), *xl, os.Stdout, os.Stderr))
}

func run(ctx context.Context, xl bool, out, talk io.Writer) int {
	measured, code := numbers{}, 0
	failed := func(err error) {
		if err != nil {
			fmt.Fprintf(talk, "bench: %v\n", err)
			code = 1
		}
	}
	if slices.ContainsFunc(goals, func(g goal) bool { return strings.HasPrefix(g.key, "audit ") }) {
		failed(audits(ctx, xl, talk, measured))
	}
	order, names := packages()
	for _, pkg := range order {
		fmt.Fprintf(talk, "measuring %s\n", pkg)
		failed(measure(ctx, pkg, names[pkg], xl, measured))
	}
	if !table(out, measured, xl) {
		code = 1
	}
	return code
}

// sizes are those that the goals speak of, with how often each is measured.
var sizes = []struct {
	name  string
	size  githubsim.Size
	times int
	xl    bool
}{
	{name: "S", size: githubsim.S, times: 1},
	{name: "L", size: githubsim.L, times: 3},
	{name: "XL", size: githubsim.XL, times: 1, xl: true},
}

// withRoles is the name of L where the organization has custom roles, which the sizes
// that the goals speak of have not: then every team's repositories are listed by REST
// as well, once a day.
const withRoles = "L-roles"

// audits measures the built program on every size.
func audits(ctx context.Context, xl bool, talk io.Writer, into numbers) error {
	dir, err := os.MkdirTemp("", "ajar-bench-")
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary, err := build(ctx, dir)
	if err != nil {
		return err
	}
	for _, s := range sizes {
		if s.xl && !xl {
			continue
		}
		fmt.Fprintf(talk, "measuring an audit of %s\n", s.name)
		if err := audit(ctx, dir, binary, s.name, s.size, s.times, into); err != nil {
			return err
		}
	}
	fmt.Fprintln(talk, "measuring a load of L with custom roles")
	if err := rolesToo(ctx, dir, binary, into); err != nil {
		return err
	}
	fmt.Fprintln(talk, "measuring an audit of S with base permission read")
	return base(ctx, dir, binary, into)
}
