package run

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate"
)

// slow is the wire to a GitHub that takes its time for each answer.
type slow struct {
	b    *bench
	each time.Duration
}

// RoundTrip lets the time of an answer go by on the clock that is made up.
func (s slow) RoundTrip(r *http.Request) (*http.Response, error) {
	s.b.pass(s.each)
	return http.DefaultTransport.RoundTrip(r)
}

// TestRevocationsTakeASecondEach is P13: GitHub asks for a second between two changes,
// and what ajar reads before and behind each, journals and decides has room in that
// second, or in little more where each answer takes a tenth of it. The clock is made
// up; what this machine needs itself is added to the figure.
func TestRevocationsTakeASecondEach(t *testing.T) {
	const n = 60
	for _, c := range []struct {
		name  string
		each  time.Duration
		limit float64
	}{{"seconds-a-change", 0, 1.05}, {"seconds-a-change-at-100ms", 100 * time.Millisecond, 1.25}} {
		b, changes := crowd(t, n)
		b.hands = b.newHands(slow{b, c.each})
		options := b.options()
		options.Guards.MaxChanges = 10 * n
		e, err := New(t.Context(), "test", options)
		if err != nil {
			t.Fatal(err)
		}
		begun, from := time.Now(), b.now()
		r, err := e.Carry(t.Context(), order("plan", changes...))
		if err != nil {
			t.Fatal(err)
		}
		made, worked := b.now().Sub(from), time.Since(begun)
		if len(b.writes(true)) != n {
			t.Fatalf("%d of %d changes took effect: %s", len(b.writes(true)), n, ended(r))
		}
		t.Attr(c.name, strconv.FormatFloat((made+worked).Seconds()/n, 'f', 3, 64))
		t.Logf("%d changes in %s, and %s of this machine's own", n, made, worked)
		if got := made.Seconds() / n; got > c.limit {
			t.Errorf("%s: %.3f, want at most %.2f", c.name, got, c.limit)
		}
	}
}

// crowd is a repository with so many people, and the changes that take each of them
// off it.
func crowd(t *testing.T, n int) (*bench, []remediate.Change) {
	t.Helper()
	w := world(t)
	o := w.Orgs[0]
	var changes []remediate.Change
	for i := range n {
		id, login := int64(1000+i), fmt.Sprintf("crew-%03d", i)
		w.Users = append(w.Users, &githubsim.User{Login: login, ID: id, Type: "User", CreatedAt: o.CreatedAt})
		o.Members = append(o.Members, &githubsim.Member{Login: login, Role: "member", TwoFactor: true})
		o.Repos[0].Collaborators = append(o.Repos[0].Collaborators, &githubsim.Collaborator{Login: login, Permission: "push"})
		changes = append(changes, direct(user(id, login), boat, "write", ""))
	}
	return start(t, w, githubsim.Options{PrimaryLimit: githubsim.Unlimited}), changes
}
