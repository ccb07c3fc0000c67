package remediate_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// crowd is an organization with n findings and more, of every size of cause: teams
// with a hundred people, grants of one person, keys, gates and invitations.
func crowd(n int) (w *world, base string) {
	w = newWorld()
	var people []string
	for i := range 2000 {
		people = append(people, fmt.Sprintf("p%d", i))
	}
	w.join(access.Member, people...)
	for i := range 200 {
		w.team(fmt.Sprintf("t%d", i), "", people[(i*97)%1900:(i*97)%1900+50]...)
	}
	for i := range n {
		on := fmt.Sprintf("r%d", i%9001)
		w.ref("repo:" + on)
		switch i % 4 {
		case 0:
			w.give(fmt.Sprintf("team:t%d", (i/4)%200), on, access.Write)
		case 1, 2:
			w.give("user:"+people[(i*31)%2000], on, access.Maintain)
		case 3:
			w.key(on, fmt.Sprintf("k%d", i), true)
		}
	}
	return w, "[organization.acme]\nowners = [\"user:root\", \"user:boss\"]\nbase_permission = \"none\"\nmanage = [\"repository-access\", \"keys\"]\n" + `
[roles.writer]
repository = "write"
standing_reason = "x"
review_by = 2027-06-30
[[assign]]
role = "writer"
to = ["user:p1", "user:p60", "user:p200"]
on = ["repo:acme/*"]
`
}

// BenchmarkPlan makes a plan for ten thousand findings.
func BenchmarkPlan(b *testing.B) {
	w, base := crowd(10_600)
	in := w.input(b, base, loose())
	b.ReportAllocs()
	from, actions := cpu(b), 0
	for b.Loop() {
		p := remediate.NewPlan(in)
		if actions = len(p.Actions); actions < 10_000 {
			b.Fatalf("%d actions, %d refused, %d by hand", actions, len(p.Refused), len(p.Instructions))
		}
	}
	b.ReportMetric((cpu(b)-from).Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(len(in.Findings)), "findings")
	b.ReportMetric(float64(actions), "actions")
}

// cpu is the user and system time that this process has used.
func cpu(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
