package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/remediate"
)

// email hands mail to one server, which delivers it.
type email struct {
	c        config.Channel
	host     string
	gate     gate
	tls      *tls.Config
	password config.Secret
	from     *mail.Address
	to       []*mail.Address
	people   map[string]string // by login, in lower case
	now      func() time.Time
}

func newEmail(c config.Channel, o Options) (Channel, error) {
	host, _, err := net.SplitHostPort(c.Host)
	if err != nil {
		return nil, errors.New("its host is not HOST:PORT")
	}
	e := &email{c: c, host: host, people: o.Config.People, now: o.Now}
	if e.gate, err = newGate(o.Config.AllowAddresses); err != nil {
		return nil, err
	}
	if e.tls, err = authorities(c.CAFile); err != nil {
		return nil, err
	}
	e.tls.ServerName = host
	if e.password, err = c.Password(o.Getenv); err != nil {
		return nil, err
	}
	if e.from, err = mail.ParseAddress(c.From); err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	for _, s := range c.To {
		a, err := mail.ParseAddress(s)
		if err != nil {
			return nil, fmt.Errorf("to: %w", err)
		}
		e.to = append(e.to, a)
	}
	return e, nil
}

// Name is the one of the configuration.
func (e *email) Name() string { return e.c.Name }

// Send mails the message to all receivers at once.
func (e *email) Send(ctx context.Context, m Message) error {
	return e.session(ctx, func(c *smtp.Client) error { return e.mail(c, m, e.to, "") })
}

// sendEach mails the message to all receivers, and to each of those who lose something
// and whose address is known what is theirs.
func (e *email) sendEach(ctx context.Context, m Message, notices []remediate.Notice) error {
	if !e.c.Affected {
		return e.Send(ctx, m)
	}
	var missing []string
	mine := map[*mail.Address]access.Named{}
	var each []*mail.Address
	for _, p := range m.People {
		login, isUser := strings.CutPrefix(p.Name, "user:")
		a, err := mail.ParseAddress(e.people[strings.ToLower(login)])
		if !isUser || err != nil {
			missing = append(missing, p.Name)
			continue
		}
		mine[a] = p
		each = append(each, a)
	}
	all := m
	if len(missing) > 0 {
		all.Facts = append(slices.Clone(m.Facts), Fact{"not mailed to, no address is configured", some(missing, 20)})
	}
	return e.session(ctx, func(c *smtp.Client) error {
		for _, a := range each {
			if err := e.mail(c, about(m, notices, mine[a].Ref), []*mail.Address{a}, mine[a].String()); err != nil {
				return err
			}
		}
		return e.mail(c, all, e.to, "")
	})
}

// session speaks to the server for as long as do takes: encrypted, unless the
// configuration wants it otherwise for an address that it lists.
func (e *email) session(ctx context.Context, do func(*smtp.Client) error) error {
	d := e.gate.dialer(e.c.TLS != "none")
	conn, err := d.DialContext(ctx, "tcp", e.c.Host)
	if err != nil {
		return hidden(err)
	}
	defer func() { _ = conn.Close() }() // it said what it had to by then
	if until, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(until) // a connection that has no deadline has failed
	}
	conn = &bounded{conn, mostAnswers}
	if e.c.TLS == "tls" {
		conn = tls.Client(conn, e.tls)
	}
	c, err := smtp.NewClient(conn, e.host)
	if err != nil {
		return said(err)
	}
	if err := e.greet(c); err != nil {
		return said(err)
	}
	if err := do(c); err != nil {
		return said(err)
	}
	_ = c.Quit() // the mail is taken; how the talk ends changes nothing
	return nil
}

// greet says hello, switches to TLS and signs in.
func (e *email) greet(c *smtp.Client) error {
	if err := c.Hello("localhost"); err != nil {
		return err
	}
	if e.c.TLS == "" || e.c.TLS == "starttls" {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return errors.New("it offers no STARTTLS, so the mail would travel in the open")
		}
		if err := c.StartTLS(e.tls); err != nil {
			return fmt.Errorf("STARTTLS: %w", err)
		}
	}
	if e.c.User == "" {
		return nil
	}
	if err := c.Auth(smtp.PlainAuth("", e.c.User, e.password.Reveal(), e.host)); err != nil {
		return signedOut(err)
	}
	return nil
}

// signedOut says why nobody could sign in. Of what the server answered it takes the
// numbers alone: some repeat the command that they did not understand, and the password
// is in it.
func signedOut(err error) error {
	var n *net.OpError
	var answer *textproto.Error
	var broken textproto.ProtocolError
	switch {
	case errors.As(err, &answer):
		return fmt.Errorf("signing in: it answered %d %s", answer.Code, enhanced.FindString(answer.Msg))
	case errors.As(err, &broken):
		return errors.New("signing in: what it answered is not SMTP (not shown: it may repeat the password)")
	case errors.As(err, &n):
		return hidden(err)
	}
	return fmt.Errorf("signing in: %w", err)
}

// enhanced is an enhanced status code, as RFC 3463 has it.
var enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// mostAnswers is how much a server may say in one talk, in bytes: without an end to its
// line it would be read until there is no memory left.
const mostAnswers = 1 << 20

// bounded is a connection of which so many bytes are read at most.
type bounded struct {
	net.Conn
	left int
}

// Read reads what is left.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("it says more than is listened to")
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func (e *email) mail(c *smtp.Client, m Message, to []*mail.Address, who string) error {
	if err := c.Mail(e.from.Address); err != nil {
		return fmt.Errorf("the sender: %w", err)
	}
	for _, a := range to {
		if err := c.Rcpt(a.Address); err != nil {
			return fmt.Errorf("a receiver: %w", err)
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(compose(m, e.from, to, e.now(), who)); err != nil {
		return err
	}
	return w.Close()
}

// said takes addresses of hosts out of an error of the talk with a server, and cuts what
// the server said.
func said(err error) error {
	var n *net.OpError
	if errors.As(err, &n) {
		return hidden(err)
	}
	return fmt.Errorf("%s", cut(err.Error(), 200))
}
