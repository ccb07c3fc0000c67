package report

import (
	"fmt"
	"io"
	"strconv"
	"time"
)

// Notices lists what lies in the outbox.
type Notices struct {
	Path    string // of the store
	Counts  map[string]int
	Notices []Notice // the newest first
	More    int      // that are not listed
}

// Notice is one message to one channel.
type Notice struct {
	ID      int64      `json:"id"`
	Channel string     `json:"channel"`
	Kind    string     `json:"kind"`
	Title   string     `json:"title"`
	State   string     `json:"state"` // waiting, held, sent, merged, superseded or dead
	At      time.Time  `json:"at"`    // when it was written
	Tries   int        `json:"tries"`
	Next    *time.Time `json:"next"`  // when it is tried next; nil: it is not
	Ended   *time.Time `json:"ended"` // when it was sent, or given up; nil: it waits
	Error   string     `json:"error"` // of the last try; "" for none
}

// noticeStates are the states that are counted, in the order of the page.
var noticeStates = []string{"waiting", "held", "dead", "sent", "merged", "superseded"}

func (v Notices) json(w io.Writer) error {
	counts := map[string]int{}
	for _, s := range noticeStates {
		counts[s] = v.Counts[s]
	}
	return encode(w, struct {
		Schema  string         `json:"schema"`
		Path    string         `json:"path"`
		Counts  map[string]int `json:"counts"`
		More    int            `json:"more"`
		Notices []Notice       `json:"notices"`
	}{"ajar.notify-list/v1", v.Path, counts, v.More, list(v.Notices)})
}

func (v Notices) csv(s *sheet) error {
	columns := []string{"id", "channel", "kind", "title", "state", "at", "tries", "next", "ended", "error"}
	if err := s.header(columns...); err != nil {
		return err
	}
	for _, n := range v.Notices {
		row := fields{"id": strconv.FormatInt(n.ID, 10), "channel": n.Channel, "kind": n.Kind, "title": n.Title, "state": n.State,
			"at": rfc3339(n.At), "tries": strconv.Itoa(n.Tries), "error": n.Error}
		if n.Next != nil {
			row["next"] = rfc3339(*n.Next)
		}
		if n.Ended != nil {
			row["ended"] = rfc3339(*n.Ended)
		}
		if err := s.fields(columns, row); err != nil {
			return err
		}
	}
	return nil
}

func (v Notices) table(p *page) error {
	p.title("Outbox", v.summary())
	p.gap()
	if len(v.Notices) == 0 {
		p.para(2, plain, "nothing to list")
		return p.err
	}
	for _, n := range v.Notices {
		st := plain
		switch n.State {
		case "dead":
			st = critical
		case "waiting":
			st = warn
		case "sent":
			st = good
		}
		lead := []span{dim.of("#" + strconv.FormatInt(n.ID, 10)), space(1), st.of(n.State), space(1)}
		p.hang(2, lead, plain, fmt.Sprintf("%s, to %s: %s", minute(n.At), n.Channel, n.Title))
		if said := n.words(); said != "" {
			p.para(4, dim, said)
		}
	}
	if v.More > 0 {
		p.gap()
		p.para(2, dim, "and "+number(v.More)+" more")
	}
	if v.Counts["dead"] > 0 {
		p.gap()
		p.para(2, plain, "Nobody took what is dead for 24 hours. Once its channel works:")
		p.gap()
		p.emit([]span{space(2), plain.of(p.program + " notify retry --dead")})
	}
	return p.err
}

func (v Notices) summary() string {
	said := ""
	for _, s := range noticeStates {
		if n := v.Counts[s]; n > 0 {
			if said != "" {
				said += ", "
			}
			said += number(n) + " " + s
		}
	}
	if said == "" {
		return "empty"
	}
	return said
}

func (n Notice) words() string {
	said := ""
	if n.Tries > 0 {
		said = count(n.Tries, "try", "tries")
	}
	if n.Error != "" {
		said += "; the last one: " + n.Error
	}
	if n.Next != nil {
		if said != "" {
			said += "; "
		}
		said += "next " + minute(*n.Next)
	}
	return said
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// NoticeTrials is what came back from a test of channels.
type NoticeTrials struct{ Trials []NoticeTrial }

// NoticeTrial is the test of one channel.
type NoticeTrial struct {
	Channel string        `json:"channel"`
	Kind    string        `json:"kind"`
	Took    time.Duration `json:"-"`
	Error   string        `json:"error"` // "" where it was taken
}

func (v NoticeTrials) json(w io.Writer) error {
	type trial struct {
		NoticeTrial
		Taken  bool  `json:"taken"`
		Millis int64 `json:"took_ms"`
	}
	out := []trial{}
	for _, t := range v.Trials {
		out = append(out, trial{t, t.Error == "", t.Took.Milliseconds()})
	}
	return encode(w, struct {
		Schema string  `json:"schema"`
		Trials []trial `json:"channels"`
	}{"ajar.notify-test/v1", out})
}

func (v NoticeTrials) csv(s *sheet) error {
	columns := []string{"channel", "kind", "taken", "took_ms", "error"}
	if err := s.header(columns...); err != nil {
		return err
	}
	for _, t := range v.Trials {
		row := fields{"channel": t.Channel, "kind": t.Kind, "taken": strconv.FormatBool(t.Error == ""), "took_ms": strconv.FormatInt(t.Took.Milliseconds(), 10), "error": t.Error}
		if err := s.fields(columns, row); err != nil {
			return err
		}
	}
	return nil
}

func (v NoticeTrials) table(p *page) error {
	p.title("Test of the channels", "one message to each; it says that nothing has happened")
	p.gap()
	for _, t := range v.Trials {
		if t.Error == "" {
			p.hang(2, []span{good.of("✓ " + t.Channel), space(1), dim.of(t.Kind), space(1)}, plain, fmt.Sprintf("took it in %d ms", t.Took.Milliseconds()))
			continue
		}
		p.hang(2, []span{critical.of("✗ " + t.Channel), space(1), dim.of(t.Kind), space(1)}, plain, t.Error)
	}
	return p.err
}
