package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/eb661601/ajar/remediate"
)

// commands are what people do beside the daemon.
type commands struct {
	plans   int
	pending string // a plan whose run was killed, and is to be finished
	one     sync.Mutex
	files   sync.RWMutex // who has it alone has broken a file that every command reads
}

// people use the command line beside the daemon.
func (r *run) people(ctx context.Context) {
	acts := []func(*run, context.Context){
		(*run).carry, (*run).carry, (*run).carry, (*run).looks, (*run).looks, (*run).holds,
	}
	for r.pause(ctx, r.scale(12*time.Second)) {
		acts[r.chance(len(acts))](r, context.WithoutCancel(ctx))
	}
}

// patience is how long a command may take: it may wait for the daemon's pass, and a
// run of many changes has a second between them.
const patience = 4 * time.Minute

// command runs one, which may end with any code that is not an accident.
func (r *run) command(ctx context.Context, env []string, words ...string) outcome {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	from := time.Now()
	o := r.ajar(ctx, env, words...)
	took := time.Since(from)
	first, _, _ := strings.Cut(strings.TrimSpace(o.errs), "\n")
	r.log.Printf("ajar %s: %d after %s: %s", strings.Join(words, " "), o.code, took.Round(time.Millisecond), first)
	r.tally("command")
	switch {
	case ctx.Err() != nil:
		r.brokef("ajar %s did not end within %s", strings.Join(words, " "), patience)
	case !slices.Contains([]int{0, 1, 2, 3}, o.code) || strings.Contains(o.errs, "panic:") || strings.Contains(o.errs, "goroutine "):
		r.brokef("ajar %s: %v", strings.Join(words, " "), o)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy = append(r.busy, span{from, time.Now()}) // it may have had the store
	return o
}

// carry plans, has a second person approve, and applies; sometimes the run is killed.
func (r *run) carry(ctx context.Context) {
	r.one.Lock()
	defer r.one.Unlock()
	if r.pending != "" {
		r.finish(ctx)
		return
	}
	r.plans++
	name := fmt.Sprintf("plan%d.json", r.plans)
	if o := r.command(ctx, nil, "plan", "--out", name, "--max", r.portion()); o.code != 2 {
		return
	}
	var p remediate.Plan
	text, err := os.ReadFile(r.path(name))
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		r.brokef("ajar plan ended with 2 and saved no plan: %v", err)
		return
	}
	if len(p.Actions) == 0 || r.command(ctx, []string{"SOAK_READ=" + approveToken}, "plan", "approve", name, "--yes").code != 0 {
		return
	}
	r.pending = name
	if r.chance(4) == 0 {
		from := time.Now()
		dies, cancel := context.WithTimeout(ctx, time.Duration(r.chance(6000))*time.Millisecond) // its end is kill -9
		o := r.ajar(dies, nil, "apply", name, "--yes")
		cancel()
		r.log.Printf("ajar apply %s, killed: %d after %s", name, o.code, time.Since(from))
		r.tally("apply killed")
		r.mu.Lock()
		r.busy = append(r.busy, span{from, time.Now()})
		r.mu.Unlock()
		return
	}
	r.finish(ctx)
}

// portion is how many actions a plan has at most: a change takes a second and more.
func (r *run) portion() string {
	if r.o.length < time.Minute {
		return "1"
	}
	return "4"
}

// finish applies the plan, as somebody does who types it again until it is done or
// refused.
func (r *run) finish(ctx context.Context) {
	o := r.command(ctx, nil, "apply", r.pending, "--yes")
	if o.code == 0 || o.code == 2 {
		r.tally("applied")
	}
	// What it left in doubt is settled by whoever comes next; what it refused is planned anew.
	r.pending = ""
}

// looks asks this and that.
func (r *run) looks(ctx context.Context) {
	all := [][]string{
		{"findings", "-o", "json"}, {"status"}, {"status", "-o", "json"}, {"journal"}, {"journal", "verify"}, {"store", "check"},
		{"store", "info"}, {"history"}, {"notify", "list"}, {"apply", "--settle"}, {"who-can", "admin", "repo:" + r.org + "/" + r.world.Orgs[0].Repos[0].Name},
	}
	words := all[r.chance(len(all))]
	r.files.RLock()
	defer r.files.RUnlock()
	o := r.command(ctx, nil, words...)
	if (words[0] == "store" || words[0] == "journal") && o.code != 0 {
		r.brokef("ajar %s: %v", strings.Join(words, " "), o)
	}
}

// holds puts the organization on hold for a while, or lifts what holds it: so much may
// have changed at once that ajar doubts its eyes.
func (r *run) holds(ctx context.Context) {
	if r.chance(2) == 0 {
		r.command(ctx, nil, "hold", "--reason", "soaking")
		rest(ctx, r.scale(3*time.Second))
	}
	r.command(ctx, nil, "resume", "--reason", "it is so")
}
