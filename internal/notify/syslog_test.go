package notify

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/store"
)

// listener is a real receiver of syslog; what it read comes by the channel.
type listener struct {
	config.Channel
	got chan string
}

// stream reads messages by their length, as RFC 6587, 3.4.1, has it.
func stream(l net.Listener, got chan<- string) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		r := bufio.NewReader(conn)
		for {
			length, err := r.ReadString(' ')
			if err != nil {
				break
			}
			n, err := strconv.Atoi(strings.TrimSuffix(length, " "))
			if err != nil {
				got <- fmt.Sprintf("no length: %q", length)
				break
			}
			text := make([]byte, n)
			if _, err := io.ReadFull(r, text); err != nil {
				got <- "cut off"
				break
			}
			got <- string(text)
		}
		_ = conn.Close()
	}
}

func datagrams(c net.PacketConn, got chan<- string) {
	b := make([]byte, 1<<16)
	for {
		n, _, err := c.ReadFrom(b)
		if err != nil {
			return
		}
		got <- string(b[:n])
	}
}

// listen starts a receiver by each way there is.
func listen(t *testing.T, way string) listener {
	t.Helper()
	got := make(chan string, 2000)
	c := config.Channel{Name: "siem", Kind: config.Syslog, Transport: way}
	switch way {
	case "tcp", "tls":
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		c.Host = l.Addr().String()
		if way == "tls" {
			r := receive(t) // for its certificate
			c.CAFile = r.ca
			l = tls.NewListener(l, &tls.Config{Certificates: certificates(r.Server), MinVersion: tls.VersionTLS12})
		}
		t.Cleanup(func() { _ = l.Close() })
		go stream(l, got)
	case "udp":
		p, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		c.Host = p.LocalAddr().String()
		t.Cleanup(func() { _ = p.Close() })
		go datagrams(p, got)
	case "unix":
		c.Transport, c.Socket = "", filepath.Join(t.TempDir(), "log")
		p, err := net.ListenPacket("unixgram", c.Socket)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.Close() })
		go datagrams(p, got)
	}
	return listener{c, got}
}

func certificates(s *httptest.Server) []tls.Certificate { return s.TLS.Certificates }

func (l listener) next(t *testing.T) string {
	t.Helper()
	select {
	case s := <-l.got:
		return s
	case <-time.After(10 * time.Second):
		t.Fatal("no message came")
		return ""
	}
}

func newTestSyslog(t *testing.T, c config.Channel, allow ...string) *syslog {
	t.Helper()
	ch, err := newSyslog(c, Options{Version: "v1", Config: config.Notify{AllowAddresses: allow}})
	if err != nil {
		t.Fatal(err)
	}
	return ch.(*syslog)
}

func told() Message {
	return Message{
		ID: "changes-77-1-siem-waiting", Kind: Changes, Org: "acme", At: noon, Severity: access.Critical, Title: "acme: 2 new (critical)",
		Facts: []Fact{{"organization", "acme"}},
		Sections: []Section{
			{Title: "New", What: "new", More: 7, Lines: []Line{
				{Severity: access.Critical, Kind: "finding", Key: "0011223344556677", Rule: "single-owner", Resource: "org:acme", Text: "one owner | alone", Details: []string{"should be: two"}},
				{Severity: access.High, Kind: "finding", Key: "8899aabbccddeeff", Rule: "owner-not-listed", Principal: "user:eve", Resource: "org:acme", Text: "user:eve owns a=b\\c\nCEF:0|x|"},
			}},
			{Title: "Over", What: "over", Lines: []Line{{Severity: access.Low, Kind: "hold", Text: "the hold is lifted"}}},
		},
	}
}

var rfc5424 = regexp.MustCompile(`(?s)\A<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\S{1,255}) ajar - (\S{1,32}) - (.+)\z`)

// local is the form of syslog(3), brought into the fields of the other.
var local = regexp.MustCompile(`(?s)\A<(\d{1,3})>([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) ajar: (.+)\z`)

func TestSyslogBringsEachThingByEveryWay(t *testing.T) {
	for _, way := range []string{"tls", "tcp", "udp", "unix"} {
		l := listen(t, way)
		s := newTestSyslog(t, l.Channel, here...)
		if err := s.Send(t.Context(), told().visible()); err != nil {
			t.Errorf("%s: %v", way, err)
			continue
		}
		for i, want := range []struct{ pri, kind, has string }{
			{"82", "finding", `CEF:0|ajar|ajar|v1|single-owner|New|10|rt=1767355200000 externalId=0011223344556677 deviceExternalId=org:acme cat=finding outcome=new msg=one owner | alone cs1=org:acme`},
			{"83", "finding", `|8|rt=1767355200000 externalId=8899aabbccddeeff deviceExternalId=org:acme cat=finding outcome=new msg=user:eve owns a\=b\\c\\nCEF:0|x| suser=user:eve`},
			{"86", "more", "New: 7 more that are not listed"},
			{"85", "hold", "outcome=over msg=the hold is lifted"},
		} {
			text := l.next(t)
			m := rfc5424.FindStringSubmatch(text)
			if way == "unix" {
				if m = local.FindStringSubmatch(text); m != nil && m[2] == noon.Local().Format(time.Stamp) {
					m = []string{m[0], m[1], "2026-01-02T12:00:00.000Z", "", want.kind, m[3]}
				}
			}
			if m == nil || m[1] != want.pri || m[2] != "2026-01-02T12:00:00.000Z" || m[4] != want.kind || !strings.Contains(m[5], want.has) {
				t.Errorf("%s, message %d: %q", way, i, m)
			}
			if strings.ContainsAny(m[5], "\r\n\x00") {
				t.Errorf("%s, message %d is more than one line", way, i)
			}
		}
	}
}

func TestSyslogAsJSONHoldsOneThingEach(t *testing.T) {
	l := listen(t, "tcp")
	l.Payload = "json"
	if err := newTestSyslog(t, l.Channel, here...).Send(t.Context(), told()); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for range 4 {
		text := rfc5424.FindStringSubmatch(l.next(t))[5]
		m, err := decode([]byte(text))
		if err != nil || len(m.Sections) != 1 || len(m.Sections[0].Lines) != 1 || m.Severity != m.Sections[0].Lines[0].Severity {
			t.Errorf("%v: %s", err, text)
		}
		ids[m.ID] = true
	}
	if len(ids) != 4 || !ids["changes-77-1-siem-waiting/1"] {
		t.Errorf("ids %v", ids)
	}
}

func TestSyslogKeepsToTheAddressesOfTheConfiguration(t *testing.T) {
	for _, way := range []string{"tls", "tcp", "udp"} {
		l := listen(t, way)
		err := newTestSyslog(t, l.Channel).Send(t.Context(), told())
		if err == nil || strings.Contains(err.Error(), l.Host) {
			t.Errorf("%s: %v", way, err)
		}
		if len(l.got) > 0 {
			t.Errorf("%s: it was called", way)
		}
	}
	for _, way := range []string{"tcp", "udp"} { // in the open, to nobody on the internet
		s := newTestSyslog(t, config.Channel{Name: "siem", Kind: config.Syslog, Transport: way, Host: "8.8.8.8:514"})
		if err := s.Send(t.Context(), told()); err == nil || !strings.Contains(err.Error(), "without TLS") {
			t.Errorf("%s: %v", way, err)
		}
	}
}

func TestSyslogTrustsOnlyTheCertificatesItIsTold(t *testing.T) {
	l := listen(t, "tls")
	l.CAFile = ""
	if err := newTestSyslog(t, l.Channel, here...).Send(t.Context(), told()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("%v", err)
	}
	if len(l.got) > 0 {
		t.Error("something was sent")
	}
}

// A receiver that breaks off has not taken the message.
func TestSyslogNoticesThatAReceiverBreaksOff(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.(*net.TCPConn).SetLinger(0) // a reset
			_ = conn.Close()
		}
	}()
	c := config.Channel{Name: "siem", Kind: config.Syslog, Transport: "tcp", Host: l.Addr().String()}
	if err := newTestSyslog(t, c, here...).Send(t.Context(), told()); err == nil {
		t.Error("it was taken for sent")
	}
	_ = l.Close()
	if err := newTestSyslog(t, c, here...).Send(t.Context(), told()); err == nil || strings.Contains(err.Error(), c.Host) {
		t.Errorf("nobody listens: %v", err)
	}
	c = config.Channel{Name: "siem", Kind: config.Syslog, Socket: filepath.Join(t.TempDir(), "none")}
	if err := newTestSyslog(t, c).Send(t.Context(), told()); err == nil {
		t.Error("a socket that is not there took it")
	}
}

// However long and strange a name is, what is told of it fits into a datagram.
func TestSyslogFitsIntoADatagram(t *testing.T) {
	for _, payload := range []string{"cef", "json"} {
		s := newTestSyslog(t, config.Channel{Name: "siem", Kind: config.Syslog, Transport: "udp", Host: "127.0.0.1:1", Payload: payload})
		rapid.Check(t, func(t *rapid.T) {
			word := rapid.Custom(func(t *rapid.T) string {
				return strings.Repeat(rapid.SampledFrom([]string{"x", "=", `\`, "<", "é", "\x1b", "運", "\n"}).Draw(t, "of"), rapid.IntRange(0, 900).Draw(t, "times"))
			})
			m := Message{
				ID: "changes-9223372036854775807-1767355200000-siem-waiting", Kind: Changes, Org: strings.Repeat("o", 39), At: noon, Title: word.Draw(t, "title"),
				Facts: []Fact{{"organization", word.Draw(t, "fact")}},
				Sections: []Section{{Title: "Came back", What: "again", Lines: []Line{{
					Severity: access.High, Kind: "finding", Key: "0011223344556677", Rule: "environment-reviewers-beyond-baseline",
					Principal: word.Draw(t, "principal"), Resource: word.Draw(t, "resource"), Text: word.Draw(t, "text"),
					Details: rapid.SliceOfN(word, 0, 12).Draw(t, "details"),
				}}}},
			}
			for _, e := range events(m.visible()) {
				text, err := s.message(e)
				if err != nil || len(text) > datagram || !rfc5424.MatchString(text) {
					t.Fatalf("%v, %d bytes: %q", err, len(text), text)
				}
			}
		})
	}
}

func TestSyslogTellsFarMoreLinesThanPeopleRead(t *testing.T) {
	l := listen(t, "tcp")
	lab := newLab(t, config.Notify{Channels: []config.Channel{l.Channel}, AllowAddresses: here})
	lab.start()
	var all []access.Finding
	for i := range 3 * shownLines {
		all = append(all, flaw("standing-privileged", fmt.Sprint("u", i), "api", access.High))
	}
	lab.pass(all...)
	for range all {
		if m := rfc5424.FindStringSubmatch(l.next(t)); m == nil || m[4] != "finding" {
			t.Fatalf("%q", m)
		}
	}
	if len(l.got) > 0 || lab.states()[store.NoticeSent] != 1 {
		t.Errorf("%d more, states %v", len(l.got), lab.states())
	}
}

func TestHeaderFieldsOfSyslogAreVisibleASCII(t *testing.T) {
	for in, want := range map[string]string{"": "-", "web 1": "web1", "é\x00": "-", strings.Repeat("a", 40): strings.Repeat("a", 32)} {
		if got := headerField(in, 32); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}
