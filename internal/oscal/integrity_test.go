package oscal

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/internal/evidence"
)

// reading walks through a document as a program does that knows nothing but the rules:
// what is defined where, and what refers to it.
type reading struct {
	defined map[string]string   // UUIDs, by the name of the list that they stand in
	refers  map[string][]string // by the name of the field that refers
	dates   []string
	states  []string
	twice   []string
}

func read(t interface{ Fatal(...any) }, text []byte) *reading {
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	r := &reading{defined: map[string]string{}, refers: map[string][]string{}}
	r.walk("", doc)
	return r
}

func (r *reading) walk(in string, v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			r.walk(in, x)
		}
	case map[string]any:
		for name, x := range v {
			text, isText := x.(string)
			switch {
			case !isText:
				r.walk(name, x)
			case name == "uuid":
				if r.defined[text] != "" {
					r.twice = append(r.twice, text)
				}
				r.defined[text] = in
			case strings.HasSuffix(name, "-uuid"), name == "href":
				r.refers[name] = append(r.refers[name], strings.TrimPrefix(text, "#"))
			case slices.Contains([]string{"last-modified", "start", "end", "collected"}, name):
				r.dates = append(r.dates, text)
			case name == "state" && in == "status":
				r.states = append(r.states, text)
			}
		}
	}
}

// places are where what a field refers to is defined.
var places = map[string]string{
	"component-uuid": "components", "actor-uuid": "components", "subject-uuid": "components", "observation-uuid": "observations", "href": "resources",
}

// whole is an evidence with gaps and exceptions in each of the shapes that there are.
func whole(f evidence.Framework, ids ...string) evidence.Evidence {
	e := sample()
	e.Framework, e.Complete = f, false
	for i, id := range ids {
		e.Controls[i].ID = id
	}
	e.Orgs = append(e.Orgs, evidence.Org{ID: 43, Login: "beta", First: 2, Last: 3, Start: from, End: to})
	e.Gaps = []evidence.Gap{{Org: "acme", Area: "members", From: from, To: to, Reason: "forbidden", Snapshots: 3}, {Org: "gone"}, {}, {}}
	e.Controls[0].Numbers[0].Value = 2
	return e
}

func TestEveryReferenceLeadsToWhatItSpeaksOf(t *testing.T) {
	for _, e := range []evidence.Evidence{sample(), whole(evidence.NIST80053, "AC-2(3)", "AC-6"), whole(evidence.CISGitHub, "1.3.1", "1.3.5"), whole(evidence.SOC2, "CC6.1", "CC8.1")} {
		r := read(t, write(t, e))
		if len(r.twice) > 0 {
			t.Errorf("given twice: %v", r.twice)
		}
		for id := range r.defined {
			if u, err := uuid.Parse(id); err != nil || u.Version() != 5 || u.Variant() != uuid.RFC4122 || u.String() != id {
				t.Errorf("%s is no UUID of version 5: %v", id, err)
			}
		}
		for field, ids := range r.refers {
			for _, id := range ids {
				if r.defined[id] != places[field] || places[field] == "" {
					t.Errorf("%s %s is defined in %q", field, id, r.defined[id])
				}
			}
		}
		if want := slices.Sorted(maps.Keys(places)); len(e.Gaps) > 0 && !slices.Equal(slices.Sorted(maps.Keys(r.refers)), want) {
			t.Errorf("fields that refer: %v, want %v", slices.Sorted(maps.Keys(r.refers)), want)
		}
	}
}

func TestEveryFindingIsOfAnObjectiveThatIsDefinedAndReviewed(t *testing.T) {
	e := whole(evidence.NIST80053, "AC-2(3)", "AC-6")
	var d document
	if err := json.Unmarshal(write(t, e), &d); err != nil {
		t.Fatal(err)
	}
	r := d.Results.Results[0]
	var defined, controls, reviewed, found []string
	for _, o := range d.Results.Local.Objectives {
		defined, controls = append(defined, o.Parts[0].ID), append(controls, o.Control)
	}
	for _, x := range r.Reviewed.Objectives[0].Include {
		reviewed = append(reviewed, x.ID)
	}
	for _, f := range r.Findings {
		found = append(found, f.Target.ID)
	}
	if !slices.Equal(defined, reviewed) || !slices.Equal(defined, found) || len(found) != 2 {
		t.Errorf("objectives %v are defined, %v reviewed, %v found", defined, reviewed, found)
	}
	for i, c := range r.Reviewed.Controls[0].Include {
		if c.ID != controls[i] {
			t.Errorf("control %s is reviewed, and the objective is of %s", c.ID, controls[i])
		}
	}
}

func TestInstantsHaveAZoneAndStatesAreThoseOfOSCAL(t *testing.T) {
	e := whole(evidence.ISO27001, "A.5.3", "A.8.31")
	e.Period.From = time.Date(2026, 1, 1, 1, 30, 0, 5e8, time.FixedZone("", 3600))
	r := read(t, write(t, e))
	zoned := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)
	for _, at := range r.dates {
		if _, err := time.Parse(time.RFC3339, at); err != nil || !zoned.MatchString(at) {
			t.Errorf("%q is no instant in UTC: %v", at, err)
		}
	}
	if len(r.dates) < 8 {
		t.Errorf("only %d instants", len(r.dates))
	}
	allowed := []string{"satisfied", "not-satisfied", "operational"} // the last one is of components
	for _, s := range r.states {
		if !slices.Contains(allowed, s) {
			t.Errorf("a state is called %q", s)
		}
	}
}

// The ids of NIST's controls are those of its catalog of SP 800-53, revision 5, as
// usnistgov/oscal-content has it: all that are supported here are in the baseline HIGH.
func TestControlsOfNISTHaveTheIDsOfItsCatalog(t *testing.T) {
	catalog := strings.Fields("ac-2 ac-2.3 ac-3 ac-5 ac-6 ac-6.5 ac-6.7 au-9 au-10 ca-7 cm-3 cm-5 cp-2 ia-2.1 ia-2.2 ia-5")
	controls, err := evidence.Matrix(t.Context(), evidence.Evidence{Framework: evidence.NIST80053})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range controls {
		if id := controlID(evidence.NIST80053, c.ID); !slices.Contains(catalog, id) {
			t.Errorf("%s is written %s, which is looked up in the catalog first", c.ID, id)
		}
	}
}

// spoken undoes the escapes of CommonMark; what is left of a character that acts is seen.
func spoken(s string) (text string, acts bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[i+1]) >= 0:
			i++
		case strings.IndexByte(acting, s[i]) >= 0:
			acts = true
		}
		b.WriteByte(s[i])
	}
	return b.String(), acts
}

func TestNamesAreNoMarkup(t *testing.T) {
	for _, s := range []string{"[x](javascript:alert(1))", "<img src=x onerror=y>", "*a* _b_ ~c~ ^d^ `e`", "{{ insert: param, x }}", "&lt;", `"q"`, `\*`, "# h", "- l", "12. l", "> q", "| a |", "1)"} {
		if text, acts := spoken(markup(s)); text != line(s) || acts {
			t.Errorf("%q is written %q, which says %q", s, markup(s), text)
		}
		if opening.MatchString(markup(s)) {
			t.Errorf("%q begins a block", markup(s))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		if text, acts := spoken(markup(s)); text != line(s) || acts {
			t.Fatalf("%q is written %q, which says %q", s, markup(s), text)
		}
		e := whole(evidence.SOC2, "CC6.1", "CC8.1")
		e.Orgs[0].Login, e.Gaps[0].Org, e.Gaps[0].Reason = s, s, s
		var d document
		if err := json.Unmarshal(write(t, e), &d); err != nil {
			t.Fatal(err)
		}
		r := d.Results.Results[0]
		all := []string{d.Results.Metadata.Title, r.Title, r.Local.Components[0].Title}
		for _, o := range r.Observations {
			all = append(all, o.Title, o.Description)
		}
		for _, text := range all {
			if _, acts := spoken(text); acts {
				t.Fatal(fmt.Sprintf("%q acts", text))
			}
		}
	})
}
