package report

import (
	"io"
	"time"
)

// Version is what this build of ajar is.
type Version struct {
	Version  string    `json:"version"`
	Commit   string    `json:"commit"`
	Time     time.Time `json:"commit_time,omitzero"`
	Modified bool      `json:"modified"` // built from files that were not committed
	Go       string    `json:"go"`
	Platform string    `json:"platform"` // os/arch
}

func (v Version) json(w io.Writer) error {
	v.Time = utc(v.Time)
	return encode(w, struct {
		Schema string `json:"schema"`
		Version
	}{"ajar.version/v1", v})
}

func (v Version) csv(s *sheet) error {
	columns := []string{"version", "commit", "commit_time", "modified", "go", "platform"}
	if err := s.header(columns...); err != nil {
		return err
	}
	modified := "false"
	if v.Modified {
		modified = "true"
	}
	return s.fields(columns, fields{
		"version": v.Version, "commit": v.Commit, "commit_time": rfc3339(v.Time), "modified": modified, "go": v.Go,
		"platform": v.Platform,
	})
}

func (v Version) table(p *page) error {
	p.line(strong.of("ajar "+v.Version), plain.of("  "+v.Go+", "+v.Platform))
	if v.Commit != "" {
		said := v.Commit
		if !v.Time.IsZero() {
			said += ", " + day(v.Time)
		}
		if v.Modified {
			said += ", with changes that were not committed"
		}
		p.field("commit", said)
	}
	return p.err
}
