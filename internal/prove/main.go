// Command prove runs the proofs of what ajar promises about changing access, and
// prints one line with its figures for each. It exits 1 where a bar is missed.
//
//	go run ./internal/prove [-long] [-only "crash points,mutants"]
//
// The proofs are tests: those of this package play the real program, the real
// engine and the real store against the simulated GitHub; others stand with what
// they prove. All of them run in `go test ./...` too, at a small size.
// docs/proofs.md says which promise each of them holds.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	long := flag.Bool("long", false, "ten times the size")
	only := flag.String("only", "", "comma-separated `proofs` to run, such as \"random kills,mutants\"; all unless given")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := prove(ctx, *long, *only, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func prove(ctx context.Context, long bool, only string, out, talk io.Writer) int {
	wanted := proofs
	if only != "" {
		names := strings.Split(only, ",")
		wanted = slices.DeleteFunc(slices.Clone(proofs), func(p proof) bool { return !slices.Contains(names, p.name) })
	}
	if len(wanted) == 0 {
		fmt.Fprintf(talk, "prove: there is no proof %q\n", only)
		return 1
	}
	size := "full"
	if long {
		size = "long"
	}
	code := 0
	for _, p := range wanted {
		start := time.Now()
		figures, err := p.play(ctx, size, talk)
		verdict := "ok"
		if err != nil {
			verdict, code = "MISSED: "+err.Error(), 1
		}
		fmt.Fprintf(out, "%-5s %-16s %s  %s  (%v)\n", p.id, p.name, strings.Join(figures, "; "), verdict, time.Since(start).Round(time.Second))
	}
	return code
}

// play runs the tests of a proof and gives the figures that they tell. A test that
// tells none was skipped or is not there, and proves nothing.
func (p proof) play(ctx context.Context, size string, talk io.Writer) (figures []string, err error) {
	if p.fuzz {
		return fuzz(ctx, size, talk)
	}
	args := []string{"test", "./" + p.pkg, "-count=1", "-timeout=24h", "-v", "-run", "^(" + strings.Join(p.tests, "|") + ")$"}
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // every argument stands in the table
	cmd.Env = append(os.Environ(), sizeVariable+"="+size, "AJAR_LONG=1")
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = talk
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	passed := 0
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		line := lines.Text()
		if f, ok := figureIn(line); ok {
			figures = append(figures, f)
			continue
		}
		if strings.HasPrefix(line, "--- PASS: ") {
			passed++
		}
		if !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- PASS: ") {
			fmt.Fprintln(talk, line)
		}
	}
	if err := cmd.Wait(); err != nil {
		return figures, fmt.Errorf("go test ./%s: %w", p.pkg, err)
	}
	if passed < len(p.tests) {
		return figures, fmt.Errorf("%d of %d tests ran", passed, len(p.tests))
	}
	return figures, nil
}

// figureIn finds what a test tells of itself, "=== ATTR  TestName figures TEXT".
func figureIn(line string) (string, bool) {
	rest, ok := strings.CutPrefix(line, "=== ATTR")
	if !ok {
		return "", false
	}
	_, text, ok := strings.Cut(strings.TrimSpace(rest), " "+figureKey+" ")
	return text, ok
}

// fuzz gives every target of the module a minute, or an hour. The first input that
// fails one ends it; the script shows it, and the next run of the tests has it.
func fuzz(ctx context.Context, size string, talk io.Writer) (figures []string, err error) {
	each := map[string]string{"full": "60s", "long": "1h"}[size]
	cmd := exec.CommandContext(ctx, "sh", "scripts/fuzz.sh", each)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&said, talk), talk
	err = cmd.Run()
	targets := strings.Count("\n"+said.String(), "\nfuzz ")
	if err != nil {
		return []string{fmt.Sprintf("%d targets tried", targets)}, fmt.Errorf("scripts/fuzz.sh: %w", err)
	}
	return []string{fmt.Sprintf("%d targets, %s each, nothing found", targets, each)}, nil
}
