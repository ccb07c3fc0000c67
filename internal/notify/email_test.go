package notify

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/remediate"
)

func (s *mailServer) channel(r *receiver) config.Channel {
	return config.Channel{Name: "mail", Kind: config.Email, Host: s.addr, From: "ajar <ajar@example.com>", To: []string{"access@example.com", "Owners <owners@example.com>"}, CAFile: r.ca}
}

// parts reads a mail as a mail program does.
func parts(t testing.TB, text string) (mail.Header, string, string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s, %v", kind, err)
	}
	var bodies []string
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, string(b))
	}
	if len(bodies) != 2 {
		t.Fatalf("%d parts", len(bodies))
	}
	return m.Header, bodies[0], bodies[1]
}

func TestMailGoesEncryptedAndSignedInToAllReceivers(t *testing.T) {
	r := receive(t)
	s := mailbox(t, r, func(s *mailServer) { s.password = "correct-horse" })
	c := s.channel(r)
	c.User, c.PasswordEnv = "ajar", "MAIL"
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{c}})
	l.env["MAIL"] = "correct-horse"
	l.start()
	l.pass(flaw("standing-admin", "ann", "api", access.Critical))
	all := s.taken()
	if len(all) != 1 || !all[0].tls || all[0].user != "ajar" || !slices.Equal(all[0].to, []string{"access@example.com", "owners@example.com"}) {
		t.Fatalf("taken: %+v", all)
	}
	h, text, html := parts(t, all[0].text)
	if h.Get("Subject") != "[ajar] acme: user:ann has admin on repo:acme/api (new, critical)" || h.Get("Auto-Submitted") != "auto-generated" || h.Get("Message-Id") == "" {
		t.Errorf("headers %v", h)
	}
	for _, body := range []string{text, html} {
		if !strings.Contains(body, "user:ann has admin on repo:acme/api") {
			t.Errorf("the mail does not say it:\n%s", body)
		}
	}
}

func TestMailNeverTravelsInTheOpenUnasked(t *testing.T) {
	r := receive(t)
	s := mailbox(t, r, func(s *mailServer) { s.starttls = false })
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{s.channel(r)}})
	l.start()
	if err := l.n.Test(t.Context(), "mail"); err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("%v", err)
	}
	l.config.Channels[0].TLS = "none" // an address that is listed: the operator's word
	l.start()
	if err := l.n.Test(t.Context(), "mail"); err != nil {
		t.Error(err)
	}
	l.config.AllowAddresses = nil
	l.start()
	if err := l.n.Test(t.Context(), "mail"); err == nil {
		t.Error("an address that is not listed was called")
	}
}

func TestServerWhoseCertificateIsNotKnownGetsNoMail(t *testing.T) {
	r := receive(t)
	s := mailbox(t, r, nil)
	c := s.channel(r)
	c.CAFile = ""
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{c}})
	l.start()
	if err := l.n.Test(t.Context(), "mail"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("%v", err)
	}
	if len(s.taken()) > 0 {
		t.Error("it got one")
	}
}

func TestWrongPasswordIsSaidAndNotShown(t *testing.T) {
	r := receive(t)
	s := mailbox(t, r, func(s *mailServer) { s.password = "another" })
	c := s.channel(r)
	c.User, c.PasswordEnv = "ajar", "MAIL"
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{c}})
	l.env["MAIL"] = "hush-hush"
	l.start()
	if err := l.n.Test(t.Context(), "mail"); err == nil || !strings.Contains(err.Error(), "signing in") || strings.Contains(err.Error(), "hush") {
		t.Errorf("%v", err)
	}
}

func notices() []remediate.Notice {
	ann, bob := access.Named{Ref: access.Ref{Kind: access.User, ID: 5}, Name: "user:ann"}, access.Named{Ref: access.Ref{Kind: access.User, ID: 6}, Name: "user:bob"}
	return []remediate.Notice{
		{Finding: "f1", Action: "a1", To: []access.Named{ann}, Text: "From 2026-01-05 on it is planned to remove user:ann from repo:acme/api.", Date: noon.AddDate(0, 0, 3)},
		{Finding: "f2", Action: "a2", To: []access.Named{bob}, Text: "From 2026-01-05 on it is planned to remove user:bob from repo:acme/web.", Date: noon.AddDate(0, 0, 3)},
	}
}

func TestEachOfTheAffectedGetsWhatIsTheirsAndTheOthersAll(t *testing.T) {
	r := receive(t)
	s := mailbox(t, r, nil)
	c := s.channel(r)
	c.Affected = true
	l := newLab(t, config.Notify{AllowAddresses: here, Channels: []config.Channel{c}, People: map[string]string{"ann": "ann@example.com"}})
	l.start()
	l.judge()
	l.consider(What{Plan: "9f8e", Notices: notices()})
	l.deliver()
	got := map[string]string{}
	for _, p := range s.taken() {
		_, text, _ := parts(t, p.text)
		got[strings.Join(p.to, ",")] = text
	}
	if len(got) != 2 {
		t.Fatalf("mailed to %v", got)
	}
	mine, all := got["ann@example.com"], got["access@example.com,owners@example.com"]
	if !strings.Contains(mine, "remove user:ann") || strings.Contains(mine, "bob") || !strings.Contains(mine, "How to keep it") {
		t.Errorf("ann got\n%s", mine)
	}
	if !strings.Contains(all, "remove user:ann") || !strings.Contains(all, "remove user:bob") || !strings.Contains(all, "no address is configured: user:bob") {
		t.Errorf("the others got\n%s", all)
	}
}

func TestNothingOfAMessageBecomesAHeader(t *testing.T) {
	from, to := &mail.Address{Address: "ajar@example.com"}, []*mail.Address{{Address: "you@example.com"}}
	rapid.Check(t, func(t *rapid.T) {
		title := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z \r\n:<>,=?@._-]{0,200}`), rapid.Just("x\r\nBcc: evil@example.com\r\n\r\nhello")).Draw(t, "title")
		name := rapid.String().Draw(t, "name")
		m := Message{ID: "id", Kind: Changes, At: noon, Title: title, Sections: []Section{{Title: title, Lines: []Line{{Text: name, Details: []string{title}}}}}}
		text := string(compose(m, from, to, noon, ""))
		read, err := mail.ReadMessage(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		var names []string
		for k := range read.Header {
			names = append(names, k)
		}
		slices.Sort(names)
		want := []string{"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To", "X-Ajar-Kind"}
		if d := cmp.Diff(want, names); d != "" {
			t.Fatalf("headers (-want +got):\n%s", d)
		}
		for _, line := range strings.Split(text, "\r\n") {
			if strings.ContainsAny(line, "\r\n") {
				t.Fatalf("a bare line feed in %q", line)
			}
			if len(line) > 998 {
				t.Fatalf("a line of %d bytes", len(line))
			}
		}
	})
}
