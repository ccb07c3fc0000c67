package run

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// Window is how long a loss counts towards the limits.
const Window = 24 * time.Hour

// Losses are who lost something, by the kind that the limits count them as.
type Losses map[string]map[access.Ref]bool

func (l Losses) add(lost []remediate.Lost) {
	for _, x := range lost {
		if l[x.As] == nil {
			l[x.As] = map[access.Ref]bool{}
		}
		for _, id := range x.IDs {
			l[x.As][access.Ref{Kind: x.Kind, ID: id}] = true
		}
	}
}

// all is everybody, each once.
func (l Losses) all() map[access.Ref]bool {
	out := map[access.Ref]bool{}
	for _, kind := range l {
		maps.Copy(out, kind)
	}
	return out
}

// Recent sums up who lost something by what runs sent since then. What certainly
// had no effect does not count; what was put back since does.
func Recent(runs []*Run, since time.Time) Losses {
	out := Losses{}
	for _, r := range runs {
		for _, p := range r.Actions {
			for _, s := range p.Sends {
				if s.At.After(since) && (s.Answer == nil || !s.Answer.NotApplied) {
					out.add(p.Lost)
					out.add(s.Also)
				}
			}
		}
	}
	return out
}

// caps holds that the plan and what was done in the last 24 hours keep the limits
// together. Where --allow-changes asks for exactly what the plan takes, the limits
// of number and fraction are lifted for this plan; what is not known stays refused.
func (c Case) caps() *RefusedError { return c.capsWith(nil) }

// capsWith is caps with people who lose something and whom the plan does not name.
func (c Case) capsWith(more []remediate.Lost) *RefusedError {
	together := Losses{}
	for kind, who := range c.Lost {
		together[kind] = maps.Clone(who)
	}
	planned := Losses{}
	for _, a := range c.Plan.Actions {
		planned.add(a.Lost)
		together.add(a.Lost)
	}
	planned.add(more)
	together.add(more)
	if c.Allow > 0 {
		return c.allowed(len(planned.all()))
	}
	if n := len(together.all()); n > c.Guards.MaxChanges {
		return refuse(OverLimit, smallerHint(c.Plan), "max_changes: with what was done in the last 24 hours, %d people and principals would lose something, and the limit is %d",
			n, c.Guards.MaxChanges)
	}
	for _, kind := range slices.Sorted(maps.Keys(planned)) {
		if r := c.cap(kind, len(together[kind])); r != nil {
			return r
		}
	}
	return nil
}

// Takes counts the people and principals who lose something by a plan, each once:
// the number that --allow-changes has to name.
func Takes(p remediate.Plan) int {
	planned := Losses{}
	for _, a := range p.Actions {
		planned.add(a.Lost)
	}
	return len(planned.all())
}

func smallerHint(p remediate.Plan) string {
	return fmt.Sprintf("ask for a smaller plan: ajar plan --max N or --only KEY=VALUE; or, at plan approve and at apply: --allow-changes %d --reason TEXT", Takes(p))
}

// cap holds the limit of one kind.
func (c Case) cap(kind string, n int) *RefusedError {
	for _, l := range c.Plan.Losses {
		if l.Kind != kind {
			continue
		}
		l.Losers = n
		if broken := l.Broken(); len(broken) > 0 {
			return refuse(OverLimit, smallerHint(c.Plan), "with what was done in the last 24 hours: %s", strings.Join(broken, "; "))
		}
		return nil
	}
	return refuse(OverLimit, "", "how many there are of kind %s is not known", kind)
}

// allowed holds that a limit is lifted for exactly what the plan says, with a
// reason. The second person is asked for with the approval.
func (c Case) allowed(planned int) *RefusedError {
	switch {
	case c.Allow != planned:
		return refuse(OverLimit, fmt.Sprintf("--allow-changes %d", planned), "--allow-changes %d is not what the plan takes: %d people and principals lose something", c.Allow, planned)
	case strings.TrimSpace(c.Reason) == "":
		return refuse(OverLimit, "--reason TEXT", "--allow-changes needs a reason, which is kept")
	}
	for _, l := range c.Plan.Losses {
		if l.Population < 0 {
			return refuse(OverLimit, "", "how many there are of kind %s is not known, which --allow-changes does not mend", l.Kind)
		}
	}
	return nil
}

// unstopped holds that no guard stops the whole plan, but for limits that
// --allow-changes lifts.
func (c Case) unstopped() *RefusedError {
	for _, why := range c.Plan.Stopped {
		limit := strings.HasPrefix(why, "max_changes:") || strings.HasPrefix(why, "limits.")
		switch {
		case limit && c.Allow == 0:
			return refuse(OverLimit, smallerHint(c.Plan), "%s", why)
		case !limit:
			return refuse(StoppedPlan, "make a new one once that is settled: ajar plan --out FILE", "a guard stops the whole plan: %s", why)
		}
	}
	return nil
}

// RunID is the id of the run of a plan. A plan has one run, so its hash names it,
// and whether a plan was begun is a look at one run.
func RunID(planHash string) string { return "run-" + planHash[:min(16, len(planHash))] }
