package evidence_test

import (
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// What was open for some days of the period and is shut at its end is in the figures.
func TestSettingThatWasLooseInTheMiddleOfThePeriodIsAnException(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	yes, no := true, false
	at := func(day int) time.Time { return hour(24 * day).Truncate(24 * time.Hour) }
	for day, x := range []access.Settings{
		{BasePermission: access.Read, TwoFactorRequired: &no},
		{BasePermission: access.Write, TwoFactorRequired: &yes},
		{BasePermission: access.Admin, TwoFactorRequired: &yes},
		{BasePermission: access.Write, TwoFactorRequired: &yes},
		{BasePermission: access.Read, TwoFactorRequired: &yes},
		{BasePermission: access.Read, TwoFactorRequired: &yes},
	} {
		pass(t, s, at(day).Add(time.Hour), func(p *store.Pass) {
			world(t, p, 0)
			put(t, p, access.AreaSettings, acme.ID, x)
		})
	}
	e := gather(t, s, evidence.Period{From: at(0).Add(2 * time.Hour), To: at(5).Add(2 * time.Hour)})
	for _, r := range rows(t, e, "organizations") {
		// Both were so for an hour of the day on which they changed, too.
		if r["days_base_permission_broad"] != "4" || r["days_two_factor_not_required"] != "2" || r["base_permission"] != "read" || r["two_factor_required"] != "1" {
			t.Errorf("told is %v", r)
		}
	}
	want := map[string]int64{"base-permission-broad": 0, "base-permission-broad-days": 4, "second-factor-not-demanded": 0, "second-factor-not-demanded-days": 2}
	for _, c := range e.Controls {
		for _, f := range c.Numbers {
			if n, ok := want[f.Name]; ok && (f.Value != n || !f.Exception) {
				t.Errorf("%s: %+v", c.ID, f)
			}
		}
	}
}

// A waiver stands under the controls that its rule supports, as its finding does.
func TestWaiverStandsUnderTheControlsOfItsRule(t *testing.T) {
	e := gathered(t, evidence.SOC2)
	waived := rows(t, e, "waivers")
	if len(waived) == 0 {
		t.Fatal("there are no waivers")
	}
	for _, c := range e.Controls {
		n := int64(0)
		for _, r := range waived {
			for _, rule := range c.Rules {
				if rule == r["rule"] && r["until"] == "" {
					n++
				}
			}
		}
		for _, f := range c.Numbers {
			if f.Name == "waivers-in-force" && f.Value != n {
				t.Errorf("%s has %d waivers in force, and not %d", c.ID, f.Value, n)
			}
		}
	}
}
