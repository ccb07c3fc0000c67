// Command soak lets the daemon live a day in minutes, and makes life hard for it: the
// real program, killed, stopped, frozen, out of disk, its configuration broken and
// mended, GitHub failing in every way, receivers of notices slow, broken or dead,
// people who drift, plan, approve, apply, hold and resume beside it, and a scrape every
// second. It prints one line with figures, and exits 1 where a promise was broken or
// something grows.
//
//	go run ./internal/soak [-for 30m] [-world FILE] [-every 5s] [-seed 1] [-keep DIR]
//
// GitHub is simulated in this process, and outlives the daemon. docs/proofs.md says
// what is judged, and by which rule something grows.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

func main() {
	o := options{out: os.Stderr}
	flag.DurationVar(&o.length, "for", 30*time.Minute, "how long to go on")
	flag.StringVar(&o.world, "world", "", "world `FILE`; the largest organization in it is used; an invented one unless given")
	flag.DurationVar(&o.every, "every", 5*time.Second, "how often the daemon audits")
	flag.StringVar(&o.mode, "mode", "approve", "of remediation: approve or auto")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "of what happens when")
	flag.StringVar(&o.binary, "ajar", "", "soak this `PROGRAM`, built with -tags crash, instead of building one")
	flag.StringVar(&o.dir, "keep", "", "work in `DIR`, which must not be there yet, and leave it; else a folder that is removed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := tell(ctx, o, os.Stdout)
	stop()
	os.Exit(code)
}

// tell soaks, and prints what came of it.
func tell(ctx context.Context, o options, out io.Writer) int {
	r, err := soak(ctx, o)
	if err != nil {
		fmt.Fprintf(o.out, "soak: %v\n", err)
		return 1
	}
	verdict, code := "ok", 0
	for _, b := range r.broken {
		verdict, code = fmt.Sprintf("BROKEN: %d", len(r.broken)), 1
		fmt.Fprintln(o.out, "broken: "+b)
	}
	fmt.Fprintf(out, "%-5s %-16s %s  %s  (%v)\n", "T11", "soak", r.figures, verdict, r.took.Round(time.Second))
	return code
}
