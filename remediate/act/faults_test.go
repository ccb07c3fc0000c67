package act

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate"
)

// lower is the change that the faults meet.
var lower = trips[0].c

// kind is the class of an answer to a step.
func kind(err error) string {
	switch {
	case err == nil:
		return "done"
	case errors.Is(err, ErrNotSent):
		return "not sent"
	}
	var refused *Refused
	var limited *Limited
	var conflict *Conflict
	var unknown *Unknown
	switch {
	case errors.As(err, &refused):
		return fmt.Sprintf("refused %d", refused.Status)
	case errors.As(err, &limited):
		return "limited"
	case errors.As(err, &conflict):
		return "conflict"
	case errors.As(err, &unknown):
		return "unknown"
	}
	return err.Error()
}

// meets sends the first step of a change while a fault is met, and reports its
// class and whether it took effect.
func meets(t *testing.T, c remediate.Change, f githubsim.Fault) (b *bench, got string, applied bool) {
	t.Helper()
	b = start(t, world(t), githubsim.Options{}, nil)
	l := b.read(c)
	steps, err := Steps(l.Change, l.State)
	if err != nil || len(steps) == 0 {
		t.Fatalf("%v %v", steps, err)
	}
	f.Writes = true
	b.sim.AddFault(f)
	if err := b.hands.Ready(context.Background()); err != nil {
		t.Fatal(err)
	}
	_, err = b.hands.Send(context.Background(), steps[0])
	if err != nil && strings.Contains(fmt.Sprintf("%v %#v", err, err), token) {
		t.Errorf("the error shows the token: %v", err)
	}
	all := b.sim.Mutations()
	for range 200 { // whoever hung up is noted a little later
		if len(all) == 1 && (all[0].Status != 0 || f.Action == githubsim.Reset || f.Action == githubsim.TimeoutAfter) {
			break
		}
		all = b.sim.Mutations()
	}
	if len(all) != 1 {
		t.Fatalf("%d requests to change something", len(all))
	}
	return b, kind(err), all[0].Applied
}

// TestEachFaultOfACallIsToldApart is the fault matrix, column P, as far as one
// call is concerned.
func TestEachFaultOfACallIsToldApart(t *testing.T) {
	for name, f := range map[string]struct {
		githubsim.Fault
		want    string
		applied bool
	}{
		"401":                         {githubsim.Fault{Action: githubsim.Unauthenticated}, "refused 401", false},
		"403":                         {githubsim.Fault{Action: githubsim.Denied}, "refused 403", false},
		"403 single sign-on":          {githubsim.Fault{Action: githubsim.SSORequired}, "refused 403", false},
		"primary limit":               {githubsim.Fault{Action: githubsim.PrimaryLimited}, "limited", false},
		"primary limit 429":           {githubsim.Fault{Action: githubsim.PrimaryLimited, Status: 429}, "limited", false},
		"secondary limit":             {githubsim.Fault{Action: githubsim.SecondaryLimited}, "limited", false},
		"secondary with Retry-After":  {githubsim.Fault{Action: githubsim.SecondaryLimited, After: time.Minute}, "limited", false},
		"404":                         {githubsim.Fault{Action: githubsim.AnswerStatus, Status: 404}, "refused 404", false},
		"409":                         {githubsim.Fault{Action: githubsim.AnswerStatus, Status: 409}, "conflict", false},
		"410":                         {githubsim.Fault{Action: githubsim.AnswerStatus, Status: 410}, "refused 410", false},
		"422":                         {githubsim.Fault{Action: githubsim.AnswerStatus, Status: 422}, "refused 422", false},
		"451":                         {githubsim.Fault{Action: githubsim.AnswerStatus, Status: 451}, "refused 451", false},
		"301":                         {githubsim.Fault{Action: githubsim.Redirected, Status: 301, URL: "/repositories/41/collaborators/annika"}, "refused 301", false},
		"307":                         {githubsim.Fault{Action: githubsim.Redirected, Status: 307, URL: "/repositories/41/collaborators/annika"}, "refused 307", false},
		"308 to another host":         {githubsim.Fault{Action: githubsim.Redirected, Status: 308, URL: "https://evil.example/"}, "refused 308", false},
		"500":                         {githubsim.Fault{Action: githubsim.AnswerStatus, Status: 500}, "unknown", false},
		"502":                         {githubsim.Fault{Action: githubsim.AnswerStatus, Status: 502}, "unknown", false},
		"503":                         {githubsim.Fault{Action: githubsim.AnswerStatus, Status: 503}, "unknown", false},
		"504":                         {githubsim.Fault{Action: githubsim.AnswerStatus, Status: 504}, "unknown", false},
		"502 after it was applied":    {githubsim.Fault{Action: githubsim.StatusAfter, Status: 502}, "unknown", true},
		"500 after it was applied":    {githubsim.Fault{Action: githubsim.StatusAfter, Status: 500}, "unknown", true},
		"no effect":                   {githubsim.Fault{Action: githubsim.NoEffect}, "done", false},
		"applied by and by":           {githubsim.Fault{Action: githubsim.AppliedLater, After: time.Minute}, "done", false},
		"reset":                       {githubsim.Fault{Action: githubsim.Reset}, "unknown", true},
		"a web page":                  {githubsim.Fault{Action: githubsim.HTMLPage}, "unknown", false},
		"nothing in place of JSON":    {githubsim.Fault{Action: githubsim.EmptyBody}, "unknown", false},
		"text in place of JSON":       {githubsim.Fault{Action: githubsim.NoJSON}, "unknown", false},
		"a gateway that gives up":     {githubsim.Fault{Action: githubsim.TimedOut, After: time.Second}, "unknown", false},
		"a gateway, after it applied": {githubsim.Fault{Action: githubsim.TimeoutAfter, After: time.Second}, "unknown", true},
	} {
		b, got, applied := meets(t, lower, f.Fault)
		if got != f.want || applied != f.applied {
			t.Errorf("%s: %s, applied %t; want %s, %t", name, got, applied, f.want, f.applied)
		}
		b.sim.ClearFaults()
		if l := b.read(lower); applied != l.State.Same(lower.After) || !applied && !l.State.Same(lower.Before) {
			t.Errorf("%s: then %+v is read", name, l.State)
		}
	}
}

// TestCutAnswerIsInDoubt is the same for answers that have a body.
func TestCutAnswerIsInDoubt(t *testing.T) {
	token := remediate.Change{Thing: remediate.BasePermission, Org: acme, Before: grant("read"), After: grant("none")}
	for _, f := range []githubsim.Action{githubsim.Truncated, githubsim.CutJSON, githubsim.BadGzip, githubsim.Oversized} {
		if _, got, applied := meets(t, token, githubsim.Fault{Action: f}); got != "unknown" || !applied {
			t.Errorf("%s: %s, applied %t", f, got, applied)
		}
	}
}

// TestMutationThatGraphQLRefusesIsNotInDoubt tells the errors of GraphQL apart.
func TestMutationThatGraphQLRefusesIsNotInDoubt(t *testing.T) {
	gate := gateTrip(func(g *remediate.GateState) { g.PreventSelfReview = true })
	for kind, want := range map[string]string{"FORBIDDEN": "refused 200", "NOT_FOUND": "refused 200", "UNPROCESSABLE": "refused 200", "": "unknown", "NEW": "unknown"} {
		if _, got, _ := meets(t, gate, githubsim.Fault{Action: githubsim.DataNull, Type: kind}); got != want {
			t.Errorf("%q: %s, not %s", kind, got, want)
		}
	}
}

// TestChangeShowsOnceGitHubHasCaughtUp reads while GitHub still shows what was.
func TestChangeShowsOnceGitHubHasCaughtUp(t *testing.T) {
	for _, tr := range trips {
		b := start(t, world(t), githubsim.Options{Lag: 40 * time.Second}, nil)
		b.carry(tr.c)
		sent := b.now()
		l := b.read(tr.c)
		if l.State.Same(l.Change.After) {
			t.Errorf("%s shows at once", tr.name)
		}
		_ = b.sleep(context.Background(), 41*time.Second)
		if l := b.read(tr.c); !l.State.Same(l.Change.After) || l.At.Before(sent) {
			t.Errorf("%s does not show later: %+v at %s", tr.name, l.State, l.At)
		}
	}
}

// TestWhatIsNotToldIsAnErrorAndNoAbsence has each read of each thing fail in each
// way. None may come out as a state that is not the true one.
func TestWhatIsNotToldIsAnErrorAndNoAbsence(t *testing.T) {
	for _, tr := range trips {
		b := start(t, world(t), githubsim.Options{}, nil)
		truth := b.read(tr.c)
		requests := len(b.sim.Requests())
		for _, f := range []githubsim.Fault{
			{Action: githubsim.Denied}, {Action: githubsim.SSORequired}, {Action: githubsim.SSOPartial}, {Action: githubsim.NotReady},
			{Action: githubsim.HTMLPage}, {Action: githubsim.EmptyBody}, {Action: githubsim.NoJSON}, {Action: githubsim.CutJSON},
			{Action: githubsim.PartialData}, {Action: githubsim.DataNull}, {Action: githubsim.NullNodes}, {Action: githubsim.UnknownEnum},
			{Action: githubsim.UnknownType}, {Action: githubsim.UnknownErrorType}, {Action: githubsim.WrongTotal}, {Action: githubsim.EmptyPage},
			{Action: githubsim.ShortPage, Kind: githubsim.GraphQL}, {Action: githubsim.AnswerStatus, Status: 404}, {Action: githubsim.AnswerStatus, Status: 500},
		} {
			for nth := 1; nth <= requests; nth++ {
				b.sim.ClearFaults()
				one := f
				one.Nth, one.Times = nth, 20
				b.sim.AddFault(one)
				l, err := b.hands.Read(context.Background(), tr.c)
				unknown := f.Action == githubsim.UnknownEnum && l.State.There == truth.State.There // a role of that name may exist
				if err == nil && l.Moved == "" && !l.State.Same(truth.State) && !masked(f, tr.c) && !unknown {
					t.Errorf("%s, %s %d from request %d on: read as %+v", tr.name, f.Action, f.Status, nth, l.State)
				}
			}
		}
	}
}

// masked says where GitHub hides a membership from whoever reads, in the way in
// which it says that there is none: the organization was seen just before.
func masked(f githubsim.Fault, c remediate.Change) bool {
	return f.Status == http.StatusNotFound && c.Thing == remediate.Membership
}

// TestMaskedParentIsNoAbsence hides the organization or the repository itself.
func TestMaskedParentIsNoAbsence(t *testing.T) {
	for _, tr := range trips {
		b := start(t, world(t), githubsim.Options{Tokens: []githubsim.Token{{Value: token, Login: "stranger", Scope: githubsim.MemberScope}}}, nil)
		if l, err := b.hands.Read(context.Background(), tr.c); err == nil && l.Moved == "" {
			t.Errorf("%s: a stranger reads %+v", tr.name, l.State)
		} else if err != nil && errors.Is(err, github.ErrServer) {
			t.Errorf("%s: %v", tr.name, err)
		}
	}
}
