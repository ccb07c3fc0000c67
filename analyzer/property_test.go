package analyzer_test

import (
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
)

func baselineOf(t *rapid.T) string {
	return rapid.SampledFrom([]string{everything, repositories, lists, ""}).Draw(t, "baseline")
}

func causes(r analyzer.Result) map[string]access.Finding {
	out := map[string]access.Finding{}
	for _, f := range r.Findings {
		out[f.Fingerprint] = f
	}
	return out
}

func TestSeeingLessNeverFindsMore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, text := drawWorld(rt), baselineOf(rt)
		full := causes(w.analyze(t, text))
		for range rapid.IntRange(1, 3).Draw(rt, "losses") {
			lose(rt, w)
		}
		for _, f := range w.analyze(t, text).Findings {
			if _, known := full[f.Fingerprint]; !known {
				rt.Fatalf("%s was found only when less was seen: %s", f.Rule, f.Title)
			}
			if n, ok := unproved(f, w.Coverage); !ok {
				rt.Fatalf("%s rests on %s of %d, which was not read to its end: %s", f.Rule, n.Area, n.Scope, f.Title)
			}
		}
	})
}

// restsOnAbsence are the rules that conclude from what is not there, with the
// areas that their conclusion rests on. That the grant itself was seen needs no
// complete listing.
var restsOnAbsence = map[string][]access.Area{
	"access-beyond-baseline":                {access.AreaMembers, access.AreaTeams, access.AreaTeamMembers},
	"principal-not-in-baseline":             {access.AreaMembers, access.AreaTeams, access.AreaTeamMembers},
	"outside-collaborator-write":            {access.AreaMembers, access.AreaTeams, access.AreaTeamMembers},
	"standing-privileged":                   {access.AreaMembers, access.AreaTeams, access.AreaTeamMembers},
	"expired-assignment":                    {access.AreaMembers, access.AreaTeams, access.AreaTeamMembers},
	"environment-reviewers-beyond-baseline": {access.AreaMembers, access.AreaTeams, access.AreaTeamMembers},
	"member-stale":                          {access.AreaAuditLog, access.AreaContributions},
	"outside-collaborator-stale":            {access.AreaAuditLog, access.AreaContributions},
	"deploy-key-stale":                      {access.AreaDeployKeys},
	"environment-no-reviewers":              {access.AreaGates},
	"single-owner":                          {access.AreaMembers},
	"team-maintainer-not-listed":            {access.AreaMembers, access.AreaTeamMembers},
}

// unproved finds a need of the finding that its conclusion rests on and that was
// not read to its end.
func unproved(f access.Finding, c access.Coverage) (access.Need, bool) {
	if f.Grant != nil && f.Grant.Privilege == access.Member {
		return access.Need{}, true // a member who was seen is one, whoever else was not seen
	}
	for _, n := range f.Needs {
		if !slices.Contains(restsOnAbsence[f.Rule], n.Area) {
			continue
		}
		if n.Scope == 0 && !c.Complete(n.Area) || n.Scope != 0 && !c.CompleteFor(n.Area, n.Scope) {
			return n, false
		}
	}
	return access.Need{}, true
}

func TestWhatIsNeitherFoundNorCleanIsCounted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, text := drawWorld(rt), baselineOf(rt)
		full := causes(w.analyze(t, text))
		for _, a := range access.Areas {
			w.blind(a, 0, access.Denied, "lost")
		}
		res := w.analyze(t, text)
		less, open := causes(res), map[string]bool{}
		for _, u := range res.Undecided {
			open[u.Rule] = true
		}
		for print, f := range full {
			if _, found := less[print]; !found && !open[f.Rule] {
				rt.Fatalf("%s vanished without a word: %s", f.Rule, f.Title)
			}
		}
	})
}

func TestOneGrantIsReportedOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		seen := map[access.Grant]string{}
		for _, f := range w.analyze(t, baselineOf(rt)).Findings {
			if f.Category == analyzer.Hygiene || f.Category == analyzer.Stale && f.Grant != nil && f.Grant.Resource.Kind != access.Repo || f.Rule == "deploy-key-stale" || f.Grant == nil {
				continue // these are about the person or the key, whatever it holds
			}
			if other, twice := seen[*f.Grant]; twice && f.Rule != "archived-write" && other != "archived-write" {
				rt.Fatalf("%s and %s both report %s", other, f.Rule, f.Title)
			}
			seen[*f.Grant] = f.Rule
		}
	})
}

func TestOrderOfTheRowsChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, text := drawWorld(rt), baselineOf(rt)
		s := w.seal()
		in := analyzer.Input{Snapshot: s, At: now}
		if text != "" {
			in.Baseline = bind(t, s, text)
		}
		want := analyzer.Analyze(in)
		mixed := *s
		mixed.Grants = rapid.Permutation(s.Grants).Draw(rt, "grants")
		mixed.People = rapid.Permutation(s.People).Draw(rt, "people")
		mixed.Teams = rapid.Permutation(s.Teams).Draw(rt, "teams")
		mixed.Repositories = rapid.Permutation(s.Repositories).Draw(rt, "repositories")
		mixed.Environments = rapid.Permutation(s.Environments).Draw(rt, "environments")
		mixed.DeployKeys = rapid.Permutation(s.DeployKeys).Draw(rt, "keys")
		mixed.AuditActivity = rapid.Permutation(s.AuditActivity).Draw(rt, "activity")
		mixed.TwoFactor = rapid.Permutation(s.TwoFactor).Draw(rt, "two-factor")
		mixed.Outside = rapid.Permutation(s.Outside).Draw(rt, "outside")
		in.Snapshot = &mixed
		if d := gocmp.Diff(want, analyzer.Analyze(in)); d != "" {
			rt.Fatalf("the order of the rows changed the result:\n%s", d)
		}
	})
}

func TestRenamesChangeNoFingerprint(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, text := drawWorld(rt), baselineOf(rt)
		before := causes(w.analyze(t, text))
		old := []string{"u0", "u1", "u2", "u3", "u4", "t0", "t1", "r0", "r1", "acme", "production"}
		for _, name := range old {
			text = strings.ReplaceAll(text, name, name+"-new")
		}
		rename := func(name *string) {
			if slices.Contains(old, *name) {
				*name += "-new"
			}
		}
		rename(&w.Org.Login)
		for i := range w.People {
			rename(&w.People[i].Login)
		}
		for i := range w.Teams {
			rename(&w.Teams[i].Slug)
		}
		for i := range w.Repositories {
			rename(&w.Repositories[i].Name)
		}
		for i := range w.Environments {
			rename(&w.Environments[i].Name)
		}
		after := causes(w.analyze(t, text))
		for print, f := range before {
			if _, ok := after[print]; !ok {
				rt.Fatalf("renamed, it is another finding: %s", f.Title)
			}
		}
		if len(after) != len(before) {
			rt.Fatalf("%d findings before the renaming, %d after it", len(before), len(after))
		}
	})
}
