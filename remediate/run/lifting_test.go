package run

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
)

// approving is whether whoever is asked about may approve.
type approving struct {
	yes bool
	err error
}

func (a approving) Approver(context.Context, Person) (bool, error) { return a.yes, a.err }

func TestLiftingAHoldTakesTwoPeopleWhereChangesMayBeMade(t *testing.T) {
	second := Person{2, "second"}
	asked := Asked{By: root, At: noon, Until: noon.Add(ApprovalLasts), Reason: "it is so"}
	for name, c := range map[string]struct {
		by    Person
		asked []Asked
		at    time.Time
		who   approving
		want  Code
	}{
		"another one of the approvers":    {second, []Asked{asked}, noon, approving{yes: true}, ""},
		"who asked":                       {root, []Asked{asked}, noon, approving{yes: true}, OwnApproval},
		"nobody asked":                    {second, nil, noon, approving{yes: true}, NoApproval},
		"no approver":                     {second, []Asked{asked}, noon, approving{}, NoApprover},
		"it is not known":                 {second, []Asked{asked}, noon, approving{yes: true, err: errors.New("GitHub does not answer")}, NoApprover},
		"an hour later":                   {second, []Asked{asked}, asked.Until, approving{yes: true}, Lapsed},
		"asked by a clock that is ahead":  {second, []Asked{asked}, noon.Add(-time.Hour), approving{yes: true}, Lapsed},
		"both asked, and each may agree":  {second, []Asked{asked, {By: second, At: noon, Until: asked.Until}}, noon, approving{yes: true}, ""},
		"asked twice by the one who asks": {root, []Asked{asked, asked}, noon, approving{yes: true}, OwnApproval},
	} {
		l := Lifting{Org: 100, Mode: ModeApprove, Now: c.at, By: c.by, Asked: c.asked}
		got, refused := l.Agree(t.Context(), c.who)
		switch {
		case c.want == "" && (refused != nil || got.By != root):
			t.Errorf("%s: %v %+v", name, refused, got)
		case c.want != "" && (refused == nil || refused.Code != c.want):
			t.Errorf("%s: %v", name, refused)
		}
	}
	for mode, alone := range map[string]bool{ModeDryRun: true, "": true, ModeApprove: false, ModeAuto: false, "unheard-of": false} {
		if (Lifting{Mode: mode}).Alone() != alone {
			t.Errorf("in mode %q one person lifts it: %v", mode, !alone)
		}
	}
}

func TestTheWordToLiftIsForTheseVeryHolds(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	epoch, err := b.store.TakeOver(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	h := store.Hold{ID: 1, Kind: store.HeldForLoss, Snapshot: 4, Lost: 9, Population: 20, Reason: "9 of 20"}
	l := Lifting{Org: 100, Mode: ModeApprove, Now: b.now(), By: root, Holds: []store.Hold{h}}
	e, err := l.Ask("it is so")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Append(t.Context(), epoch, e); err != nil {
		t.Fatal(err)
	}
	more, other, grown, org := l, h, h, l
	other.ID, grown.Lost, org.Org = 2, 10, 7
	more.Holds = []store.Hold{h, other}
	for name, c := range map[string]struct {
		l    Lifting
		want int
	}{"the same": {l, 1}, "one more": {more, 0}, "another": {Lifting{Org: 100, Holds: []store.Hold{other}}, 0},
		"it stands for more": {Lifting{Org: 100, Holds: []store.Hold{grown}}, 0}, "another organization": {org, 0}} {
		if err := GatherLifting(t.Context(), b.store, &c.l); err != nil || len(c.l.Asked) != c.want {
			t.Errorf("%s: %v %v", name, err, c.l.Asked)
		}
	}
}
