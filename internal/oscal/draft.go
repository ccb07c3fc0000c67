package oscal

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

const noPlan = "There is no assessment plan: the results come from ajar's continuous records, not from a planned assessment."

const ownWord = "The state is that of ajar's own objective, that its records of the period are complete and count no exception." +
	" Whether the control is met is for the assessor to say."

// draft is a document in the making.
type draft struct {
	e     evidence.Evidence
	space uuid.UUID // of all identifiers of this evidence
	tool  string    // the UUID of ajar as a component
}

func newDraft(e evidence.Evidence) *draft {
	var subject strings.Builder
	fmt.Fprintf(&subject, "%s %s %s", e.Framework, instant(e.Period.From), instant(e.Period.To))
	for _, o := range e.Orgs {
		fmt.Fprintf(&subject, " %d", o.ID)
	}
	d := &draft{e: e, space: uuid.NewSHA1(uuid.NewSHA1(uuid.NameSpaceURL, []byte(namespace)), []byte(subject.String()))}
	d.tool = d.id("tool")
	return d
}

// id is the identifier of a thing of this evidence. The parts are told apart by a byte
// that none of them has.
func (d *draft) id(what ...string) string {
	return uuid.NewSHA1(d.space, []byte(strings.Join(what, "\x00"))).String()
}

func instant(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

// line makes one line of a text that may be hostile; OSCAL's strings are never empty and
// have no blanks at their ends.
func line(s string) string {
	s = strings.Join(strings.Fields(report.Visible(s)), " ")
	if s == "" {
		return "none"
	}
	return s
}

// acting are the characters of which OSCAL's markup, CommonMark with a few of its own,
// makes something within a line.
const acting = "\\`*_~^[]<>{}\"&"

var opening = regexp.MustCompile(`^([#+=|:>-]|[0-9]+[.)])`)

// markup writes such a line where OSCAL has markup: titles, descriptions and remarks. Nothing
// of it is taken for markup.
func markup(s string) string {
	s = line(s)
	var b strings.Builder
	if m := opening.FindString(s); m != "" {
		b.WriteString(m[:len(m)-1] + `\` + m[len(m)-1:])
		s = s[len(m):]
	}
	for _, r := range s {
		if strings.ContainsRune(acting, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func prop(name, value string) property { return property{name, namespace, line(value)} }

func (d *draft) results() assessmentResults {
	e := d.e
	title := "Records of access in " + d.orgs() + ", " + d.span()
	if !e.Complete {
		title = "INCOMPLETE: " + title
	}
	plan := d.id("no-plan")
	return assessmentResults{
		UUID: d.id("document"),
		Metadata: metadata{
			Title: title, LastModified: instant(e.Period.To), Version: line(e.Program), OSCAL: Version,
			Props: []property{prop("framework", string(e.Framework)), prop("program", e.Program), prop("complete", yesNo(e.Complete))},
			Remarks: "What ajar recorded supports the controls that are named here. " + ownWord +
				" The time of the last change is the end of the period.",
		},
		Plan:    importPlan{"#" + plan, noPlan},
		Local:   objectives{d.objectives()},
		Results: []result{d.result(title)},
		Back:    backMatter{[]resource{{plan, "No assessment plan", noPlan}}},
	}
}

func (d *draft) orgs() string {
	var names []string
	for _, o := range d.e.Orgs {
		names = append(names, markup(o.Login))
	}
	if names == nil {
		return "no organization"
	}
	return strings.Join(names, ", ")
}

func (d *draft) span() string {
	return instant(d.e.Period.From) + " to " + instant(d.e.Period.To)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func (d *draft) objectives() []objective {
	var out []objective
	for _, c := range d.e.Controls {
		out = append(out, objective{
			Control: controlID(d.e.Framework, c.ID), Description: markup(c.Statement),
			Parts: []part{{objectiveID(d.e.Framework, c.ID), "assessment-objective",
				"The records of the period that support " + c.ID + " are complete and count no exception."}},
		})
	}
	return out
}

func (d *draft) result(title string) result {
	e := d.e
	r := result{
		UUID: d.id("result"), Title: title,
		Description: "What ajar's records show, control by control. They support a control; they do not settle it.",
		Start:       instant(e.Period.From), End: instant(e.Period.To),
		Props: []property{prop("complete", yesNo(e.Complete)), prop("gaps", strconv.Itoa(len(e.Gaps)))},
		Local: localDefinition{d.components(), d.assets()},
	}
	controls := controlSelection{Description: "The controls that ajar's records support."}
	var chosen objectiveSelection
	for _, c := range e.Controls {
		controls.Include = append(controls.Include, controlBy{controlID(e.Framework, c.ID)})
		chosen.Include = append(chosen.Include, objectiveBy{objectiveID(e.Framework, c.ID)})
	}
	r.Reviewed = reviewed{[]controlSelection{controls}, []objectiveSelection{chosen}}
	gaps := d.gaps()
	r.Observations = append(r.Observations, gaps...)
	for _, c := range e.Controls {
		counted := d.counted(c)
		r.Observations = append(r.Observations, counted...)
		r.Findings = append(r.Findings, d.finding(c, counted, gaps))
	}
	if !e.Complete {
		r.Remarks = "The evidence of this period is incomplete. What is missing is told by the observations of the property gap."
	}
	return r
}

func (d *draft) components() []component {
	var out []component
	for _, o := range d.e.Orgs {
		out = append(out, component{
			UUID: d.org(o), Type: "service", Title: markup(o.Login), Description: "An organization on GitHub.",
			Props: []property{prop("organization-id", strconv.FormatInt(o.ID, 10)), prop("first-snapshot", strconv.FormatInt(o.First, 10)),
				prop("last-snapshot", strconv.FormatInt(o.Last, 10))},
			Status: state{State: "operational"},
		})
	}
	return out
}

func (d *draft) org(o evidence.Org) string { return d.id("organization", strconv.FormatInt(o.ID, 10)) }

func (d *draft) assets() assets {
	ajar := component{UUID: d.tool, Type: "software", Title: "ajar", Description: "Records who can do what in organizations on GitHub.",
		Props: []property{prop("version", d.e.Program)}, Status: state{State: "operational"}}
	return assets{[]component{ajar}, []platform{{d.id("platform"), "ajar", []used{{d.tool}}}}}
}
