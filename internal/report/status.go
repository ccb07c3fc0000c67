package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/status"
)

// Status is how a daemon stands, or what the store says where none runs.
type Status struct {
	status.Status
	From string // the socket or address that answered; "" = the store
}

// Exit is 0 where a daemon runs and is as it should be, 3 where it runs and is not,
// and 1 where none runs.
func (v Status) Exit() int {
	switch {
	case v.State == status.NotServed:
		return 1
	case !v.Ready && v.State != status.Stopping:
		return 3
	}
	return 0
}

func (v Status) json(w io.Writer) error {
	s := v.Status
	s.Schema = status.Schema
	s.Orgs, s.Jobs, s.Reasons = list(s.Orgs), list(s.Jobs), list(s.Reasons)
	return encode(w, s)
}

var statusColumns = []string{
	"organization", "state", "snapshot", "taken_at", "last_audit", "last_result", "last_reason", "next_audit", "stale", "complete_areas", "areas",
	"critical", "high", "medium", "low", "info", "waived", "holds",
}

func (v Status) csv(s *sheet) error {
	if err := s.header(statusColumns...); err != nil {
		return err
	}
	for _, o := range v.Orgs {
		row := fields{
			"organization": o.Org, "state": string(v.State), "taken_at": rfc3339(o.Taken), "next_audit": rfc3339(o.Next), "stale": strconv.FormatBool(o.Stale),
			"complete_areas": strconv.Itoa(o.Complete), "areas": strconv.Itoa(o.Areas), "waived": strconv.Itoa(o.Waived), "holds": strings.Join(o.Holds, "; "),
		}
		if o.Snapshot > 0 {
			row["snapshot"] = strconv.FormatInt(o.Snapshot, 10)
		}
		if o.Last != nil {
			row["last_audit"], row["last_result"], row["last_reason"] = rfc3339(o.Last.Ended), o.Last.Result, o.Last.Reason
		}
		for sev, n := range o.Findings {
			if slices.Contains(statusColumns, sev) {
				row[sev] = strconv.Itoa(n)
			}
		}
		if err := s.fields(statusColumns, row); err != nil {
			return err
		}
	}
	return nil
}

func (v Status) table(p *page) error {
	v.head(p)
	for _, o := range v.Orgs {
		p.gap()
		v.organization(p, o)
	}
	v.jobs(p)
	return p.err
}

// head says how the daemon is.
func (v Status) head(p *page) {
	switch {
	case v.State == status.NotServed:
		p.line(warn.of("No daemon serves this store"), plain.of("; this is what the store says"))
		p.field("store", v.Store)
		return
	case v.Ready:
		p.line(good.of("The daemon is as it should be"))
	case v.State != status.Running:
		p.line(strong.of("The daemon is " + string(v.State)))
	default:
		p.line(warn.of("The daemon is not as it should be"))
	}
	if v.PID > 0 {
		p.field("process", fmt.Sprintf("%d, ajar %s, since %s", v.PID, v.Version, since(v.Started, v.Now)))
	}
	p.field("store", v.Store)
	mode := v.Mode
	if v.ReadOnly {
		mode += ", read-only"
	}
	p.field("mode", mode)
	v.configuration(p)
	for _, c := range v.Reasons {
		if !c.OK && c.What != "config" {
			p.styled(c.What, warn, c.Why)
		}
	}
	if w := v.Working; w != nil {
		line := w.Job
		if w.Org != "" {
			line += " of " + w.Org
		}
		line += ", since " + since(w.Since, v.Now)
		if w.Waits != "" {
			line += "; waits for " + w.Waits
		}
		p.field("at work", line)
	}
}

func (v Status) configuration(p *page) {
	path := v.Config.Path
	if path == "" {
		path = "none: flags and defaults"
	}
	if v.Config.Valid {
		p.field("config", path+", read "+longAgo(v.Config.Loaded, v.Now))
		return
	}
	p.styled("config", warn, path+": what is on the disk is not taken; in force is what was read "+longAgo(v.Config.Loaded, v.Now))
	p.styled("", warn, v.Config.Problem)
}

func (v Status) organization(p *page, o status.Org) {
	p.line(strong.of(o.Org))
	switch {
	case o.Last == nil && !o.Taken.IsZero(): // "ajar audit" leaves a snapshot, and no pass of a daemon
		p.field("audit", "none by a daemon yet")
	case o.Last == nil:
		p.field("audit", "never yet")
	case o.Last.Result == "ok":
		p.field("audit", longAgo(o.Last.Ended, v.Now))
	default:
		said := o.Last.Result + " " + longAgo(o.Last.Ended, v.Now)
		if o.Last.Reason != "" {
			said += ": " + o.Last.Reason
		}
		p.styled("audit", warn, said)
	}
	if !o.Next.IsZero() {
		p.field("next", inTime(o.Next, v.Now))
	}
	if o.Taken.IsZero() {
		return
	}
	stale := ""
	if o.Stale {
		stale = ", which is older than it should be"
	}
	p.field("snapshot", fmt.Sprintf("#%d, taken %s%s", o.Snapshot, longAgo(o.Taken, v.Now), stale))
	seen := fmt.Sprintf("%d of %d kinds of data", o.Complete, o.Areas)
	if len(o.Gaps) > 0 {
		seen += "; not " + strings.Join(o.Gaps, ", ")
	}
	p.field("seen", seen)
	p.field("findings", severityCounts(o))
	for _, h := range o.Holds {
		p.styled("on hold", warn, h)
	}
	for _, b := range o.Budgets {
		p.field("budget", fmt.Sprintf("%s, %s: %d of %d left, anew %s", b.Credential, b.Resource, b.Remaining, b.Limit, inTime(b.Reset, v.Now)))
	}
}

// severityCounts counts the open findings, the worst first.
func severityCounts(o status.Org) string {
	var parts []string
	for sev := access.Critical; sev >= access.Info; sev-- {
		if n := o.Findings[sev.String()]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, sev))
		}
		if sev == access.Info {
			break
		}
	}
	out := "none open"
	if len(parts) > 0 {
		out = strings.Join(parts, ", ")
	}
	if o.Waived > 0 {
		out += fmt.Sprintf("; %d waived", o.Waived)
	}
	return out
}

// jobs lists what is done beside audits.
func (v Status) jobs(p *page) {
	first := true
	for _, j := range v.Jobs {
		if j.Job == "audit" || j.Last == nil && j.Next.IsZero() {
			continue
		}
		if first {
			p.section(strong, "Jobs", "")
			p.gap()
			first = false
		}
		name := j.Job
		if j.Org != "" {
			name += " of " + j.Org
		}
		said := "never ran"
		style := plain
		if j.Last != nil {
			said = j.Last.Result + " " + longAgo(j.Last.Ended, v.Now)
			if j.Last.Result == "failed" {
				style, said = warn, said+": "+j.Last.Reason
			}
		}
		if !j.Next.IsZero() {
			said += "; next " + inTime(j.Next, v.Now)
		}
		p.hang(2, []span{dim.of(name + ": ")}, style, said)
	}
}

// rough is a length of time to the precision that matters to who waits.
func rough(d time.Duration) string {
	if d < 2*time.Minute {
		return count(max(int(d.Round(time.Second).Seconds()), 1), "second", "seconds")
	}
	return age(d)
}

// longAgo says how long ago something was.
func longAgo(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return rough(now.Sub(t)) + " ago"
}

// inTime says when something is going to be.
func inTime(t, now time.Time) string {
	switch d := t.Sub(now); {
	case t.IsZero():
		return "at a time that is not known"
	case d <= 0:
		return "now"
	default:
		return "in " + rough(d)
	}
}
