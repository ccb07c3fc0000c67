package notify

import (
	"crypto/tls"
	"encoding/base64"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
)

// post is one mail that the server took.
type post struct {
	from string
	to   []string
	text string
	tls  bool
	user string
}

// mailServer is a small real SMTP server (RFC 5321): STARTTLS (RFC 3207) and AUTH PLAIN
// (RFC 4954) where they are on.
type mailServer struct {
	addr     string
	cert     tls.Certificate
	starttls bool
	password string // "": nobody signs in
	deny     string // RCPT of this address is refused

	mu    sync.Mutex
	mails []post
}

func mailbox(t *testing.T, r *receiver, change func(*mailServer)) *mailServer {
	t.Helper()
	s := &mailServer{cert: r.TLS.Certificates[0], starttls: true}
	if change != nil {
		change(s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wait.Go(func() { s.talk(c); _ = c.Close() })
		}
	})
	t.Cleanup(func() { _ = l.Close(); wait.Wait() })
	return s
}

func (s *mailServer) taken() []post {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]post(nil), s.mails...)
}

func (s *mailServer) talk(c net.Conn) {
	w := textproto.NewConn(c)
	say := func(line string) { _ = w.PrintfLine("%s", line) }
	var p post
	say("220 here")
	for {
		line, err := w.ReadLine()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO", "HELO":
			if s.starttls && !p.tls {
				say("250-here")
				say("250 STARTTLS")
				continue
			}
			say("250-here")
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go on")
			secure := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{s.cert}, MinVersion: tls.VersionTLS12})
			w, p.tls = textproto.NewConn(secure), true
			say = func(line string) { _ = w.PrintfLine("%s", line) }
		case "AUTH":
			text, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			if parts := strings.Split(string(text), "\x00"); len(parts) == 3 && parts[2] == s.password {
				p.user = parts[1]
				say("235 you are in")
				continue
			}
			say("535 no")
		case "MAIL":
			if s.password != "" && p.user == "" {
				say("530 sign in first")
				continue
			}
			p.from, p.to = rest, nil
			say("250 ok")
		case "RCPT":
			if s.deny != "" && strings.Contains(rest, s.deny) {
				say("550 nobody of that name")
				continue
			}
			p.to = append(p.to, strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>"))
			say("250 ok")
		case "DATA":
			say("354 go on")
			text, err := w.ReadDotBytes()
			if err != nil {
				return
			}
			p.text = string(text)
			s.mu.Lock()
			s.mails = append(s.mails, p)
			s.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("500 what")
		}
	}
}
