// Command quarter lives through a quarter of a year in a minute, with the real program,
// and makes the evidence of it: organizations that drift, plans that are approved, carried
// out, withdrawn and put back, waivers that come and go, notices, a hold, a key that is
// replaced, data that could not be read for days, and an outage that leaves a gap. It
// leaves the packs of all frameworks for people to look at.
//
//	go run ./internal/quarter -out DIR [-world FILE] [-every 24h] [-seed 1]
//
// GitHub is simulated in this process, by whose clock the program lives too.
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
	o := options{log: os.Stderr}
	flag.StringVar(&o.dir, "out", "", "work in `DIR`, which must not be there yet, and leave everything in it")
	flag.StringVar(&o.world, "world", "", "world `FILE`, which describes organizations; an invented one unless given")
	flag.Func("org", "use the organization `LOGIN` of it; repeat it for several (all of them unless given)", func(v string) error { o.orgs = append(o.orgs, v); return nil })
	flag.DurationVar(&o.every, "every", 24*time.Hour, "how often everything is audited: a divisor of a day")
	flag.StringVar(&o.binary, "ajar", "", "use this `PROGRAM`, built with -tags crash, instead of building one")
	flag.Uint64Var(&o.seed, "seed", 1, "of what drifts where")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := tell(ctx, o, os.Stdout)
	stop()
	os.Exit(code)
}

// tell lives through the quarter, makes the packs and prints what is where.
func tell(ctx context.Context, o options, out io.Writer) int {
	if o.dir == "" {
		fmt.Fprintln(o.log, "quarter: where are the packs to go? -out DIR")
		return 1
	}
	start := time.Now()
	q, err := live(ctx, o)
	if err == nil {
		defer q.close()
		err = q.packs(ctx)
	}
	for _, f := range frameworks {
		if err == nil {
			err = unpack(q.path(f+".zip"), q.path(f))
		}
	}
	if err != nil {
		fmt.Fprintf(o.log, "quarter: %v\n", err)
		return 1
	}
	for _, f := range frameworks {
		fmt.Fprintf(out, "%s\n%s\n", q.path(f+".zip"), q.path(f, "report.html"))
	}
	fmt.Fprintf(out, "%d audits, %d commands, in %v of CPU time and %v\n", q.audits, q.commands, q.spent.Round(time.Second), time.Since(start).Round(time.Second))
	return 0
}
