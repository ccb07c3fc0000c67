package config

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/schedule"
)

func (v value) schedule() string {
	s := v.text()
	if s == "" {
		return s
	}
	p, err := schedule.Parse(s)
	every, isEvery := strings.CutPrefix(s, "@every ")
	d, _ := time.ParseDuration(strings.TrimSpace(every))
	if err != nil || isEvery && d < shortest {
		v.bad(fmt.Sprintf("%q is not a schedule", s), `a cron line of five fields, in UTC, "@hourly", "@daily", "@weekly", "@monthly", or "@every 30m" (at least 1m)`)
	}
	return p.String()
}

func (v value) listen() string {
	s := v.text()
	if s == "" {
		return s
	}
	_, port, err := net.SplitHostPort(s)
	if n, convErr := strconv.ParseUint(port, 10, 16); err != nil || convErr != nil || n == 0 {
		v.bad(fmt.Sprintf("%q is not an address to listen on", s), `write "127.0.0.1:9417"`)
	}
	return s
}

// narrowest4 and narrowest6 are how many bits a range of proxies fixes at least:
// one that is wider is no list of proxies but a slip.
const narrowest4, narrowest6 = 8, 16

// ranges are addresses, or ranges of them, of proxies.
func (v value) ranges() []netip.Prefix {
	out := []netip.Prefix{}
	for _, s := range v.list() {
		p, err := netip.ParsePrefix(s)
		if a, bad := netip.ParseAddr(s); bad == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		switch {
		case err != nil:
			v.bad(fmt.Sprintf("%q is neither an address nor a range", s), `write "10.0.0.5" or "10.0.1.0/24"`)
		case p.Addr().Is4() && p.Bits() < narrowest4, p.Addr().Is6() && p.Bits() < narrowest6:
			v.bad(fmt.Sprintf("%q is nearly everybody", s), "name the proxies themselves: whoever stands in it is believed to be one")
		default:
			out = append(out, p.Masked())
		}
	}
	return out
}

// Loopback reports whether HOST:PORT is reached from this machine alone. A host that
// is left out is every address.
func Loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	return err == nil && loopback(host)
}

const inTheOpen = "name cert_file and key_file, or behind_proxy and trusted_proxies"

// open reports whether others reach an address with nothing in between.
func (s Server) open(listen string) bool {
	return listen != "" && !Loopback(listen) && s.CertFile == "" && !s.BehindProxy
}

// server checks what several keys of [server] decide together.
func (f *file) server() {
	s, at := f.config.Server, place{"server"}
	switch {
	case (s.CertFile == "") != (s.KeyFile == ""):
		f.bad(at, "cert_file and key_file belong together", "name both, or neither")
	case s.BehindProxy && len(s.TrustedProxies) == 0:
		f.bad(at.with("behind_proxy"), "it is not said which proxies", `add trusted_proxies = ["10.0.0.5"]: there is no default`)
	case !s.BehindProxy && len(s.TrustedProxies) > 0:
		f.bad(at.with("trusted_proxies"), "they are trusted by nobody", "add behind_proxy = true")
	case s.Pprof && s.BehindProxy:
		f.bad(at.with("pprof"), "behind a proxy everybody looks like this machine", "leave one of the two out")
	case s.open(s.Listen):
		f.bad(at.with("listen"), fmt.Sprintf("%q is reached from other machines, in the open", s.Listen), inTheOpen)
	case s.open(s.Metrics):
		f.bad(at.with("metrics_listen"), fmt.Sprintf("%q is reached from other machines, in the open", s.Metrics), inTheOpen)
	case s.Metrics != "" && s.Metrics == s.Listen:
		f.bad(at.with("metrics_listen"), "it is the same as listen", "leave it out")
	}
}
