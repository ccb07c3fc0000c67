package report

import (
	"strings"

	"github.com/eb661601/ajar/access"
)

// CrossCheck is a comparison of computed access with GitHub's own answer.
type CrossCheck struct {
	Asked       int               `json:"asked"`
	Compared    int               `json:"compared"`
	Equal       int               `json:"equal"`
	Unanswered  int               `json:"unanswered"`
	Unseen      []access.Area     `json:"unseen"` // why nothing was compared
	Differences []CrossDifference `json:"differences"`
}

// CrossDifference is a pair on which ajar and GitHub do not agree.
type CrossDifference struct {
	Who    access.Named `json:"principal"`
	On     access.Named `json:"resource"`
	Ajar   string       `json:"ajar"`
	GitHub string       `json:"github"`
}

func (c *CrossCheck) broken() bool { return c != nil && len(c.Differences) > 0 }

// cross writes what the comparison came to, the differences in full.
func (p *page) cross(c *CrossCheck) {
	switch {
	case c == nil:
		return
	case len(c.Unseen) > 0:
		var areas []string
		for _, a := range c.Unseen {
			areas = append(areas, string(a))
		}
		p.section(warn, "Cross-check", "nothing was compared: access cannot be computed to the end without "+strings.Join(areas, ", "))
		return
	case !c.broken():
		said := count(c.Compared, "pair", "pairs") + " of person and repository compared with GitHub's own answer, all equal"
		if c.Compared == 0 {
			said = "nothing could be compared"
		}
		if c.Unanswered > 0 {
			said += "; " + number(c.Unanswered) + " not answered"
		}
		p.section(good, "Cross-check", said)
		return
	}
	p.section(critical, "Cross-check", count(len(c.Differences), "pair differs", "pairs differ")+" from GitHub's own answer, of "+number(c.Compared))
	p.para(2, plain, "This is a defect of ajar, unless access changed in the seconds between. Please run it again, and report what stays.")
	var rows []gridRow
	for _, d := range c.Differences {
		rows = append(rows, gridRow{cells: []span{strong.of(d.Who.Name), plain.of(d.On.Name), plain.of(d.Ajar), plain.of(d.GitHub)}})
	}
	p.gap()
	p.grid([]column{{head: "principal"}, {head: "resource"}, {head: "ajar"}, {head: "GitHub"}}, rows)
}
