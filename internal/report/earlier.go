package report

import (
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// Earlier is a kind of data that stands in a snapshot as an earlier pass read it.
type Earlier struct {
	Area   access.Area `json:"area"`
	ReadAt time.Time   `json:"read_at"`         // the oldest reading that it rests on
	Every  string      `json:"every,omitempty"` // how old it may grow; "" where that is not known
	Note   string      `json:"note,omitempty"`  // how far the round is that reads it again, why it is not complete, or who read it
}

// EarlierReads lists what was not read in the very pass of the snapshot, in
// report order. Every holds the periods of the configuration.
func EarlierReads(s *access.Snapshot, every map[access.Area]time.Duration) []Earlier {
	var out []Earlier
	for _, a := range access.Areas {
		c := s.Coverage.Of(a)
		if c.ReadAt.IsZero() {
			continue
		}
		e := Earlier{Area: a, ReadAt: utc(c.ReadAt), Note: c.Reason}
		if d := every[a]; d > 0 {
			e.Every = age(d)
		}
		out = append(out, e)
	}
	return out
}

// earlier says what was read before, and when.
func (p *page) earlier(all []Earlier, taken time.Time) {
	if len(all) == 0 {
		return
	}
	p.section(dim, "Read earlier", earlierLead(all))
	p.gap()
	for _, l := range earlierLines(all, taken) {
		lead := []span{strong.of(l.Label), space(gutter)}
		if total(lead) <= p.width-20 {
			p.hang(2, lead, plain, l.Text)
		} else { // one list of names is no name, of which the middle could go
			p.para(2, strong, l.Label)
			p.para(4, plain, l.Text)
		}
	}
}

// earlierLead says why there is data of an earlier pass.
func earlierLead(all []Earlier) string {
	return count(len(all), "kind of data", "kinds of data") + ", a request for each repository or team; what is new is read at once, the rest when it is due"
}

// earlierLines joins the kinds of data of which the same is to be said.
func earlierLines(all []Earlier, taken time.Time) []labelled {
	var out []labelled
	for len(all) > 0 {
		said, names, rest := all[0].words(taken), []string(nil), []Earlier(nil)
		for _, e := range all {
			if e.words(taken) == said {
				names = append(names, string(e.Area))
			} else {
				rest = append(rest, e)
			}
		}
		out = append(out, labelled{strings.Join(names, ", "), said})
		all = rest
	}
	return out
}

// words say how old the data is, and how old it may grow.
func (e Earlier) words(taken time.Time) string {
	out := "read " + age(taken.Sub(e.ReadAt)) + " earlier"
	if e.Every != "" {
		out += ", every " + e.Every
	}
	if e.Note != "" {
		out += "; " + e.Note
	}
	return out
}
