package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
)

// syslog sends each thing that is told as one message of RFC 5424: over TLS (RFC 5425)
// and TCP (RFC 6587, 3.4.1) with the length before it, and by UDP (RFC 5426). What
// listens at the socket of a machine (rsyslog, journald) takes the form of syslog(3)
// there and reads RFC 5424 wrongly, so it gets that.
type syslog struct {
	c       config.Channel
	network string // tls, tcp, udp or unix
	gate    gate
	tls     *tls.Config
	host    string // of this machine, as the header has it
	version string
}

func newSyslog(c config.Channel, o Options) (Channel, error) {
	s := &syslog{c: c, network: c.Transport, version: o.Version}
	switch {
	case c.Socket != "":
		s.network = "unix"
	case c.Transport == "":
		s.network = "tls"
	}
	var err error
	if s.gate, err = newGate(o.Config.AllowAddresses); err != nil {
		return nil, err
	}
	if s.network == "tls" {
		host, _, err := net.SplitHostPort(c.Host)
		if err != nil {
			return nil, errors.New("its host is not HOST:PORT")
		}
		if s.tls, err = authorities(c.CAFile); err != nil {
			return nil, err
		}
		s.tls.ServerName = host
	}
	name, err := os.Hostname()
	if err != nil {
		name = ""
	}
	s.host = headerField(name, 255)
	return s, nil
}

// shows is how many things of a section are told one by one: a SIEM does not tire.
func (s *syslog) shows() int { return 1000 }

// Name is the one of the configuration.
func (s *syslog) Name() string { return s.c.Name }

// Send writes one syslog message for each thing that the message tells. Where one of
// them fails all are sent again: they have the same ids then.
func (s *syslog) Send(ctx context.Context, m Message) error {
	conn, err := s.dial(ctx)
	if err != nil {
		return hidden(err)
	}
	defer func() { _ = conn.Close() }() // what it had to say it said by then
	if until, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(until); err != nil {
			return hidden(err)
		}
	}
	for _, e := range events(m) {
		text, err := s.message(e)
		if err != nil {
			return err
		}
		if s.streams() {
			text = strconv.Itoa(len(text)) + " " + text
		}
		if _, err := io.WriteString(conn, text); err != nil {
			return hidden(err)
		}
	}
	return hidden(s.taken(conn))
}

func (s *syslog) streams() bool { return s.network == "tls" || s.network == "tcp" }

func (s *syslog) dial(ctx context.Context) (net.Conn, error) {
	switch s.network {
	case "unix":
		return (&net.Dialer{}).DialContext(ctx, "unixgram", s.c.Socket)
	case "udp", "tcp":
		return s.gate.dialer(false).DialContext(ctx, s.network, s.c.Host)
	}
	raw, err := s.gate.dialer(true).DialContext(ctx, "tcp", s.c.Host)
	if err != nil {
		return nil, err
	}
	conn := tls.Client(raw, s.tls)
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return conn, nil
}

// lingering is how long a receiver has to end its side of the connection.
const lingering = 5 * time.Second

// taken ends ours side of a stream and waits until the receiver ends its own: syslog
// has no answer, and this is the one sign that it read to the end. A receiver that
// keeps its side open is believed; one that breaks off is not.
func (s *syslog) taken(conn net.Conn) error {
	half, ok := conn.(interface{ CloseWrite() error })
	if !ok || !s.streams() {
		return nil
	}
	if err := half.CloseWrite(); err != nil {
		return err
	}
	if err := conn.SetReadDeadline(time.Now().Add(lingering)); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, io.LimitReader(conn, maxAnswer))
	var n net.Error
	if errors.As(err, &n) && n.Timeout() || errors.Is(err, io.ErrUnexpectedEOF) { // a TLS peer that ends without saying so
		return nil
	}
	return err
}

// syslogFacility is authpriv: it is about who may do what.
const syslogFacility = 10

// syslogLevels are ajar's severities as those of syslog.
var syslogLevels = map[access.Severity]int{access.Critical: 2, access.High: 3, access.Medium: 4, access.Low: 5, access.Info: 6}

// datagram is how long a message by UDP may be: RFC 5426, 3.2, wants receivers to take
// as much.
const datagram = 2048

// message is one syslog message. A datagram that is too long loses details, then the
// end of its text, and says so.
func (s *syslog) message(e event) (string, error) {
	level, ok := syslogLevels[e.line.Severity]
	if !ok {
		level = syslogLevels[access.Info]
	}
	head := fmt.Sprintf("<%d>1 %s %s ajar - %s - ", syslogFacility*8+level, e.m.At.UTC().Format("2006-01-02T15:04:05.000Z07:00"), s.host, headerField(e.line.Kind, 32))
	if s.network == "unix" {
		head = fmt.Sprintf("<%d>%s ajar: ", syslogFacility*8+level, e.m.At.Local().Format(time.Stamp))
	}
	for {
		text, err := s.payload(e)
		if err != nil || s.network != "udp" || len(head)+len(text) <= datagram {
			return head + text, err
		}
		if e, ok = e.shorter(); !ok {
			return "", fmt.Errorf("a message of %d bytes does not fit into a datagram", len(head)+len(text))
		}
	}
}

func (s *syslog) payload(e event) (string, error) {
	if s.c.Payload == "json" {
		b, err := e.message().encode()
		return string(b), err
	}
	return e.cef(s.version), nil
}

// headerField gives a text as a field of the header: visible ASCII without blanks, or
// "-" where nothing is left.
func headerField(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), limit)]
}
