package report

import (
	"strings"

	"github.com/eb661601/ajar/access"
)

type htmlChangedFindings struct {
	Title, N string
	Items    []htmlFindingName
	Rest     *rest
}

type htmlFindingName struct {
	Severity string
	Title    []part
}

type htmlChangedGrants struct {
	Title, N string
	Items    []htmlGrant
	Rest     *rest
}

type htmlGrant struct {
	Who, On      []part
	Role, Source string
}

func (m htmlMaker) changes(p *htmlPage) {
	var c *Changes
	if m.a.Overview != nil {
		c = m.a.Overview.Changes
	}
	switch {
	case c == nil:
		p.ChangesLead = "Nothing was audited before, so there is nothing to compare with."
		return
	case c.none():
		p.ChangesLead = "Nothing since the audit of " + moment(c.At) + "."
		return
	}
	p.ChangesLead = "Since the audit of " + moment(c.At) + " (snapshot " + number(c.Snapshot) + "). " +
		"What was not seen then and is seen now counts as new."
	for _, l := range []struct {
		title string
		all   []FindingName
	}{{"New findings", c.New}, {"Came back", c.Back}, {"Resolved", c.Resolved}} {
		shown := m.limit(len(l.all), pageChanges)
		out := htmlChangedFindings{Title: l.title, N: number(len(l.all)), Rest: m.rest(shown, len(l.all), whole)}
		for _, f := range l.all[:shown] {
			out.Items = append(out.Items, htmlFindingName{f.Severity.String(), sentence(f.Title)})
		}
		p.ChangedFindings = append(p.ChangedFindings, out)
	}
	for _, l := range []struct {
		title string
		all   []GrantName
	}{{"Grants that came", c.Gained}, {"Grants that went", c.Lost}} {
		shown := m.limit(len(l.all), pageChanges)
		out := htmlChangedGrants{Title: l.title, N: number(len(l.all)), Rest: m.rest(shown, len(l.all), whole)}
		for _, g := range l.all[:shown] {
			out.Items = append(out.Items, htmlGrant{
				Who: nameParts([]access.Named{g.Principal}, 1, 1), On: nameParts([]access.Named{g.Resource}, 1, 1),
				Role: Visible(g.Role), Source: g.Source.String(),
			})
		}
		p.ChangedGrants = append(p.ChangedGrants, out)
	}
}

// htmlEnvironment is a row of the environments.
type htmlEnvironment struct {
	Name, Reviewers                        []part
	ReviewersClass, SelfClass, BypassClass string
	Self, Bypass, Branches                 string
	Deploy, Approve, BypassN               string
}

// Rows of the tables of a page before it cuts.
const (
	pageEnvironments = 100
	pagePeople       = 20
	pageUndecided    = 25
)

func (m htmlMaker) environments(p *htmlPage) {
	o := m.a.Overview
	if o == nil || len(o.Environments) == 0 {
		p.EnvironmentsLead = "None was seen."
		if o != nil && !o.Posture.Environments.AtLeast {
			p.EnvironmentsLead = "There are none."
		}
		return
	}
	s := o.Posture
	p.EnvironmentsLead = s.Environments.of("environment", "environments") + ". Counted are the people, and the keys, that can deploy there, approve, or pass the gate."
	shown := m.limit(len(o.Environments), pageEnvironments)
	for _, e := range o.Environments[:shown] {
		p.Environments = append(p.Environments, m.environment(e))
	}
	p.EnvironmentsRest = m.rest(shown, len(o.Environments), whole)
}

func (m htmlMaker) environment(e Environment) htmlEnvironment {
	// The organization is in the heading.
	name := strings.TrimPrefix(strings.TrimPrefix(e.Env.Name, "env:"), m.org+"/")
	out := htmlEnvironment{
		Name: []part{{Text: Visible(name), Name: true}}, Branches: Visible(e.Branches),
		Deploy: e.Deployers.text(), Approve: e.Approvers.text(), BypassN: e.Bypassers.text(),
	}
	switch {
	case !e.GateSeen:
		out.Reviewers, out.ReviewersClass = []part{{Text: "not seen"}}, "un"
	case len(e.Reviewers) == 0:
		out.Reviewers, out.ReviewersClass = []part{{Text: "none"}}, "bad"
	default:
		out.Reviewers = nameParts(e.Reviewers, len(e.Reviewers), 6)
	}
	if e.WaitTimer > 0 {
		out.Reviewers = append(out.Reviewers, part{Text: "; waits " + count(e.WaitTimer, "minute", "minutes")})
	}
	switch {
	case e.SelfReview == nil && e.GateSeen:
		out.Self, out.SelfClass = "–", "un"
	default:
		out.Self, out.SelfClass = yesNo(e.SelfReview, "allowed", "prevented")
	}
	out.Bypass, out.BypassClass = yesNo(e.Bypass, "allowed", "prevented")
	return out
}

// yesNo words a setting of which yes is the worse.
func yesNo(b *bool, yes, no string) (text, class string) {
	switch {
	case b == nil:
		return "not seen", "un"
	case *b:
		return yes, "bad"
	}
	return no, "ok"
}

// htmlPerson is a row of the people.
type htmlPerson struct {
	Name                               []part
	Owner, Outside                     bool
	Admin, Maintain, Write, Last, Said string
	A, M, MX, W                        int // of 200
}

func (m htmlMaker) people(p *htmlPage) {
	o := m.a.Overview
	if o == nil || len(o.People) == 0 {
		p.PeopleLead = "Nobody was seen to hold write or more on a repository."
		return
	}
	shown := m.limit(len(o.People), pagePeople)
	most, owners := 1, 0
	for _, h := range o.People {
		most = max(most, h.total())
		if h.Owner {
			owners++
		}
	}
	p.PeopleLead = count(len(o.People), "person holds", "people hold") + " write or more on a repository. Listed are the owners (" +
		number(owners) + "), then those who hold it on most, by their highest privilege on each."
	for _, h := range o.People[:shown] {
		x := htmlPerson{
			Name: []part{{Text: Visible(strings.TrimPrefix(h.Person.Name, "user:")), Name: true}}, Owner: h.Owner, Outside: h.Outside,
			Admin: number(h.Admin), Maintain: number(h.Maintain), Write: number(h.Write), Last: lastSign(h),
			Said: "admin on " + number(h.Admin) + ", maintain on " + number(h.Maintain) + ", write on " + number(h.Write),
			A:    h.Admin * 200 / most, M: h.Maintain * 200 / most, W: h.Write * 200 / most,
		}
		x.MX = x.A + x.M
		p.People = append(p.People, x)
	}
	p.PeopleRest = m.rest(shown, len(o.People), whole)
}

// lastSign words the last sign of life. None is worth saying only where it was
// looked for.
func lastSign(h Holder) string {
	switch {
	case !h.Last.IsZero() && h.What != "":
		return Visible(day(h.Last) + ", " + h.What)
	case !h.Last.IsZero():
		return day(h.Last)
	case h.Looked.IsZero():
		return "not seen"
	}
	return "none since " + day(h.Looked)
}

// htmlUndecided is a row of what was not judged.
type htmlUndecided struct {
	Rule, N string
	Reason  []part
}

func (m htmlMaker) undecided(p *htmlPage) {
	lines := together(m.a.Undecided, m.a.Org)
	shown := m.limit(len(lines), pageUndecided)
	for _, u := range lines[:shown] {
		p.Undecided = append(p.Undecided, htmlUndecided{Visible(u.Rule), number(u.Count), parts(u.Reason)})
	}
	p.UndecidedRest = m.rest(shown, len(lines), whole)
}
