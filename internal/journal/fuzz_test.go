package journal

import (
	"bytes"
	"strings"
	"testing"
)

func FuzzExportReader(f *testing.F) {
	b := filled(f, 40)
	file := b.export()
	f.Add(file)
	for _, line := range lines(file)[:4] {
		f.Add(line)
	}
	f.Add([]byte(`{"schema":"ajar.journal/v1","origin":"","public_keys":[],"checkpoints":0,"entries":1}` + "\n{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := look(data, b.checkpoints, b.keys[0])
		if r.Sound() && !bytes.Equal(data, file) {
			t.Errorf("another file passes for the journal: %q", data)
		}
		_, _ = r.Proven(), r.Unproven()
	})
}

func FuzzEntryLine(f *testing.F) {
	for _, line := range lines(filled(f, 30).export()) {
		f.Add(bytes.TrimSpace(line))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var l line
		if strict(data, &l) != nil {
			return
		}
		e, leaf, err := l.entry()
		if err != nil || e.Check() != nil && e.Body != nil {
			return
		}
		again := lineOf(e)
		if bytes.Equal(leaf, e.Leaf()) && e.Sum() == e.Digest {
			if back, err := encode(again); err != nil || !bytes.Equal(back, data) {
				t.Errorf("%q came back as %q, %v", data, back, err)
			}
		}
	})
}

// FuzzCanonicalIsUnambiguous: two entries with the same bytes are the same entry.
func FuzzCanonicalIsUnambiguous(f *testing.F) {
	f.Add("sent", "", "r1", "a1", "alice (1)\nbody 00", "r1\naction 2 a1")
	f.Fuzz(func(t *testing.T, kind, plan, run, action, who, other string) {
		a := Entry{Seq: 1, At: noon, Kind: Kind(kind), Plan: plan, Run: run, Action: action, Who: who}
		for _, b := range []Entry{
			{Seq: 1, At: noon, Kind: a.Kind, Plan: plan, Run: other, Action: action, Who: who},
			{Seq: 1, At: noon, Kind: a.Kind, Plan: plan, Run: run + other, Action: strings.TrimPrefix(action, other), Who: who},
			{Seq: 1, At: noon, Kind: a.Kind, Plan: run, Run: plan, Action: who, Who: action},
		} {
			same := a.Plan == b.Plan && a.Run == b.Run && a.Action == b.Action && a.Who == b.Who
			if same != bytes.Equal(a.Canonical(), b.Canonical()) {
				t.Errorf("%+v and %+v", a, b)
			}
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	b := filled(f, 30)
	for _, c := range b.checkpoints {
		f.Add(c.Note)
	}
	f.Add("ajar-journal/0\n1\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ReadCheckpoint(text)
		if err == nil && !strings.HasPrefix(text, c.text()+"\n") {
			t.Errorf("%q was read as %+v", text, c)
		}
		if _, err := OpenCheckpoint(text, b.keys...); err == nil {
			for _, known := range b.checkpoints {
				if known.Note == text {
					return
				}
			}
			t.Errorf("a checkpoint that nobody signed: %q", text)
		}
	})
}

func FuzzCopies(f *testing.F) {
	f.Add([]byte("{\"checkpoint\":\"x\"}\n\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := DecodeCopies(bytes.NewReader(data))
		if err == nil && len(c.Checkpoints)+len(c.Broken) > c.Lines {
			t.Errorf("%d lines hold %d checkpoints and %d others", c.Lines, len(c.Checkpoints), len(c.Broken))
		}
	})
}
