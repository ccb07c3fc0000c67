package main

import (
	"slices"
	"testing"

	"github.com/eb661601/ajar/access"
	engine "github.com/eb661601/ajar/remediate/run"
)

// A login is a label: whoever takes the one of an approver is none by it.
func TestNameOfAnApproverThatSomebodyElseTookApprovesNothing(t *testing.T) {
	x := approvers{listed: []string{"user:Frank", "team:acme/leads"}, people: []access.Person{{ID: 2, Login: "frank"}, {ID: 66, Login: "mallory"}}}
	for _, c := range []struct {
		person engine.Person
		want   []string
	}{
		{engine.Person{ID: 2, Login: "frank"}, x.listed},
		{engine.Person{ID: 66, Login: "Frank"}, []string{"team:acme/leads"}},
		{engine.Person{ID: 66, Login: "mallory"}, x.listed},
		{engine.Person{ID: 2, Login: "frank-two"}, x.listed},
	} {
		if got := x.listedFor(c.person); !slices.Equal(got, c.want) {
			t.Errorf("%+v is held against %q", c.person, got)
		}
	}
}
