package audit

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
)

// stored gives every finding in the store, with all that is kept of it.
func stored(t *testing.T, p Pass) []access.Finding {
	t.Helper()
	out, err := p.Store.Findings(t.Context(), p.Org, store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAuditWithoutTheBaselineChangesNoStoredFinding(t *testing.T) {
	p, c := newPass(t, nil)
	with, err := p.Run(t.Context())
	if err != nil || with.Unkept != "" {
		t.Fatal(err, with.Unkept)
	}
	before, kept := stored(t, p), p.Baseline
	p.Baseline = nil
	c.move(time.Hour)
	without, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(without.Withheld) == 0 || !strings.Contains(without.Unkept, "baseline") || strings.Contains(without.Unkept, "\n") {
		t.Errorf("withheld %v, said %q", without.Withheld, without.Unkept)
	}
	waived, came := 0, 0
	for _, f := range without.Findings {
		if f.State != access.Open {
			t.Errorf("%s is %s without a baseline", f.Title, f.State)
		}
		for _, e := range f.Evidence {
			if strings.Contains(e, "came back") {
				came++
			}
		}
	}
	for _, f := range before {
		if f.State == access.Waived {
			waived++
		}
	}
	if waived == 0 || came != 0 {
		t.Errorf("%d waived before, %d came back", waived, came)
	}
	if diff := cmp.Diff(before, stored(t, p)); diff != "" {
		t.Errorf("what is stored changed:\n%s", diff)
	}
	p.Baseline = kept
	c.move(time.Hour)
	again, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ids(with.Findings), ids(again.Findings)); diff != "" || again.Unkept != "" {
		t.Errorf("with the baseline again: %q\n%s", again.Unkept, diff)
	}
	for _, f := range again.Findings {
		for _, e := range f.Evidence {
			if strings.Contains(e, "came back") || strings.Contains(e, "resolved on") {
				t.Errorf("%s: %s", f.Title, e)
			}
		}
	}
}

func TestFindingThatAnotherBaselineAllowsIsResolvedAndSaysSo(t *testing.T) {
	p, _ := newPass(t, nil)
	first, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Writing for everybody, with an acceptance, leaves most of the findings without a cause.
	text := string(githubsim.DemoBaseline(now)) + `
[roles.anything]
repository = "admin"
standing_reason = "a test"
review_by = ` + now.AddDate(0, 6, 0).Format("2006-01-02") + `
[[assign]]
role = "anything"
to = ["user:*", "team:acme-robotics/*"]
on = ["repo:acme-robotics/*"]
`
	if p.Baseline, err = baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: []byte(text)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Judge(t.Context(), first.Info); err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, f := range stored(t, p) {
		if f.State == access.Resolved && f.Rule == "access-beyond-baseline" {
			said++
			if last := f.Evidence[len(f.Evidence)-1]; !strings.HasSuffix(last, ": the baseline changed") {
				t.Errorf("%s: %q", f.Title, last)
			}
		}
	}
	if said == 0 {
		t.Error("nothing was resolved")
	}
}

// Asking what a waiver would do must not waive anything, nor take the place of the
// baseline that counts in evidence and before a plan.
func TestJudgementByABaselineThatIsAsideChangesNothingStored(t *testing.T) {
	p, c := newPass(t, nil)
	first, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counts, before := p.Baseline, stored(t, p)
	i := slices.IndexFunc(before, func(f access.Finding) bool { return f.State == access.Open })
	text := string(githubsim.DemoBaseline(now)) + `
[[waiver]]
match = { rule = "` + before[i].Rule + `", resource = "` + before[i].Resource.Name + `" }
reason = "what if"
owner = "user:mirela-okafor"
expires = ` + now.AddDate(0, 1, 0).Format("2006-01-02") + "\n"
	if p.Baseline, err = baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: []byte(text)}}); err != nil {
		t.Fatal(err)
	}
	p.Aside = "it is another one"
	asked, err := p.Judge(t.Context(), first.Info)
	if err != nil {
		t.Fatal(err)
	}
	waived := slices.ContainsFunc(asked.Findings, func(f access.Finding) bool { return f.Waiver == "what if" && f.State == access.Waived })
	if !waived || !strings.HasPrefix(asked.Unkept, "it is another one: this judgement is shown") {
		t.Errorf("waived %t, said %q", waived, asked.Unkept)
	}
	c.move(time.Hour)
	live, err := p.Run(t.Context())
	if err != nil || live.Info.ID == first.Info.ID {
		t.Fatal(err, live.Info.ID)
	}
	if diff := cmp.Diff(before, stored(t, p)); diff != "" {
		t.Errorf("what is stored changed:\n%s", diff)
	}
	if by, err := p.Store.JudgedBy(t.Context(), p.Org); err != nil || by != counts.Hash() {
		t.Errorf("judged by %s, %v", by, err)
	}
	if kept, err := p.Store.BaselineFiles(t.Context(), p.Baseline.Hash()); err != nil || len(kept) != 0 {
		t.Errorf("of what was asked %d files are kept, %v", len(kept), err)
	}
	rests := func(info store.SnapshotInfo) bool {
		why, err := p.Store.Undoubted(t.Context(), info, counts.Hash())
		if err != nil {
			t.Fatal(err)
		}
		return why == ""
	}
	if newest, err := p.Store.Latest(t.Context(), p.Org); err != nil || rests(newest) {
		t.Errorf("a plan may rest on what the baseline that counts did not judge; %v", err)
	}
	p.Baseline, p.Aside = counts, ""
	if _, err := p.Judge(t.Context(), live.Info); err != nil {
		t.Fatal(err)
	}
	p.Aside = "once more"
	newest, err := p.Store.Latest(t.Context(), p.Org)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Judge(t.Context(), newest); err != nil || !rests(newest) {
		t.Errorf("asking what would be took the judgement away; %v", err)
	}
}
