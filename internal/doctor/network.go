package doctor

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/github"
)

// ClockWarns is by how much the clocks may differ before it is told.
const ClockWarns = 2 * time.Minute

const (
	soon       = 14 * 24 * time.Hour // what ends within it is told
	clockFails = 55 * time.Minute    // an hour, less what an answer takes on its way
)

// Off says by how much the clock of this machine is ahead, or behind where it is
// negative: "58m2s behind".
func Off(by time.Duration) string {
	word := " ahead of"
	if by < 0 {
		word = " behind"
	}
	return by.Abs().Round(time.Second).String() + word
}

// network asks GitHub one question without a credential: whether the name, the
// connection, the certificate and the clocks are right. It reports whether GitHub
// answered.
func (d *doctor) network(ctx context.Context) bool {
	o, err := d.Connection()
	if err != nil {
		d.add(d.explained(Host, hostOf(d.Config.GitHub.APIURL), err))
		d.unchecked("the way to GitHub is not set up", Certificate, Clock)
		return false
	}
	r, err := github.Reach(ctx, o)
	d.Requests++
	name := r.Host
	if name == "" {
		name = hostOf(d.Config.GitHub.APIURL)
	}
	c := Check{About: Host, Name: name, Mark: OK, Found: way(r)}
	if err != nil {
		c = d.explained(Host, name, err)
		if r.Connected != "" || r.Proxy != "" {
			c.Found += " (" + route(r) + ")"
		}
	}
	d.add(c)
	d.certificate(r, err)
	d.clock(r)
	return err == nil
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}

// way says how GitHub was reached, and what answered.
func way(r github.Reached) string {
	what := "GitHub answers"
	switch {
	case r.Version != "":
		what = "GitHub Enterprise Server " + r.Version + " answers"
	case r.Host == "api.github.com":
		what = "github.com answers"
	}
	return fmt.Sprintf("%s in %d ms, %s", what, r.Took.Milliseconds(), route(r))
}

func route(r github.Reached) string {
	var parts []string
	if r.Proxy != "" {
		parts = append(parts, "through the proxy "+r.Proxy)
	} else {
		parts = append(parts, "without a proxy")
	}
	if r.Connected != "" && r.Connected != r.Host {
		parts = append(parts, "at "+r.Connected)
	}
	if !r.TLS {
		parts = append(parts, "unencrypted, on this machine")
	}
	return strings.Join(parts, ", ")
}

// certificate judges what the host showed, believed or not.
func (d *doctor) certificate(r github.Reached, err error) {
	if !r.TLS {
		return // nothing leaves the machine
	}
	if r.Cert == nil {
		d.unchecked("no certificate was shown", Certificate)
		return
	}
	now := d.Now()
	c := Check{About: Certificate, Name: r.Host, Mark: OK,
		Found: fmt.Sprintf("issued by %s, good until %s (%s)", issuer(r.Cert), moment(r.Cert.NotAfter), days(r.Cert.NotAfter.Sub(now)))}
	var unknown x509.UnknownAuthorityError
	var elsewhere x509.HostnameError
	switch {
	case now.After(r.Cert.NotAfter):
		c.Mark, c.Found = Failed, fmt.Sprintf("it expired %s ago, on %s, by the clock of this machine (%s); issued by %s", days(now.Sub(r.Cert.NotAfter)), moment(r.Cert.NotAfter), moment(now), issuer(r.Cert))
		c.Do = "have it renewed; or set the clock of this machine right, if that is what is wrong"
	case now.Before(r.Cert.NotBefore):
		c.Mark, c.Found = Failed, fmt.Sprintf("it begins on %s only, and this machine has %s; issued by %s", moment(r.Cert.NotBefore), moment(now), issuer(r.Cert))
		c.Do = "set the clock of this machine right"
	case errors.As(err, &elsewhere):
		c.Mark, c.Found = Failed, fmt.Sprintf("it is for another host, %s; issued by %s", names(r.Cert), issuer(r.Cert))
		c.Do = "check api_url; a proxy or a sign-in page of the network may answer in its place"
	case errors.As(err, &unknown):
		c.Mark, c.Found = Failed, "it was issued by an authority that this machine does not know: "+issuer(r.Cert)
		c.Do = "if that is yours, or your proxy's, name its certificate: [github] ca_file"
	case errors.Is(err, github.ErrUnreachable):
		c.Mark = Failed
		c.Found = "it was not accepted; issued by " + issuer(r.Cert)
		c.Do = "have a look at what stands between this machine and GitHub"
	case r.Cert.NotAfter.Sub(now) < soon:
		c.Mark, c.Do = Warning, "have it renewed"
	}
	if c.Mark == OK && d.Config.GitHub.CAFile != "" {
		c.Found += "; " + d.Config.GitHub.CAFile + " is trusted as well"
	}
	d.add(c)
}

func issuer(c *x509.Certificate) string {
	switch {
	case c.Issuer.CommonName != "":
		return c.Issuer.CommonName
	case len(c.Issuer.Organization) > 0:
		return c.Issuer.Organization[0]
	}
	return "nobody who is named"
}

func names(c *x509.Certificate) string {
	all := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		return c.Subject.CommonName
	}
	return listed(all, 3)
}

// clock holds the clock of this machine against GitHub's.
func (d *doctor) clock(r github.Reached) {
	if r.Date.IsZero() {
		d.unchecked("no answer told GitHub's time", Clock)
		return
	}
	off := r.At.Sub(r.Date)
	c := Check{About: Clock, Mark: OK, Found: "agrees with GitHub's to " + count(max(int(off.Abs().Round(time.Second)/time.Second), 1), "second")}
	if off.Abs() <= ClockWarns {
		d.add(c)
		return
	}
	c.Mark, c.Do = Warning, "set it right, best by NTP; until then ends of access are judged by GitHub's"
	if off.Abs() >= clockFails {
		c.Mark = Failed
	}
	c.Found = fmt.Sprintf("%s GitHub's: here it is %s, there %s", Off(off),
		r.At.UTC().Format("2006-01-02 15:04:05 UTC"), r.Date.UTC().Format("2006-01-02 15:04:05 UTC"))
	d.add(c)
}
