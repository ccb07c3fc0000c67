package notify

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/internal/config"
)

func TestAddressesThatAreNotPublicAreRefused(t *testing.T) {
	for _, s := range []string{
		"127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255",
		"192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "168.63.129.16",
		"::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::127.0.0.1",
		"64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "100::1",
	} {
		if public(netip.MustParseAddr(s)) {
			t.Errorf("%s may be called", s)
		}
	}
	for _, s := range []string{"8.8.8.8", "140.82.112.3", "100.63.255.255", "100.128.0.1", "2606:50c0:8000::153", "2a00:1450::1"} {
		if !public(netip.MustParseAddr(s)) {
			t.Errorf("%s may not be called", s)
		}
	}
}

func TestNoAddressInsideAnotherIsCalled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := [4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "v4"))
		for _, p := range []string{"::ffff:0:0", "::", "64:ff9b::"} {
			a := netip.MustParseAddr(p).As16()
			copy(a[12:], b[:])
			if x := netip.AddrFrom16(a); public(x) {
				t.Fatalf("%s may be called", x)
			}
		}
	})
}

func TestListedAddressesMayBeCalled(t *testing.T) {
	g, err := newGate([]string{"10.1.0.0/16", "192.168.1.7", "fd00::/8"})
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]bool{"10.1.2.3": true, "::ffff:10.1.2.3": true, "10.2.0.1": false, "192.168.1.7": true, "192.168.1.8": false, "fd12::1": true} {
		if got := g.open(netip.MustParseAddr(s)); got != want {
			t.Errorf("%s: %t", s, got)
		}
	}
}

func TestReceiverIsCheckedWhenItIsCalledAndNotByItsName(t *testing.T) {
	r := receive(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(r.URL, "https://"), ":")
	c := r.hook("soc")
	c.URL = "https://localhost:" + port
	l := newLab(t, config.Notify{Channels: []config.Channel{c}})
	l.start()
	if err := l.n.Test(t.Context(), "soc"); !errors.Is(err, ErrAddress) {
		t.Errorf("%v", err)
	}
	if len(r.requests()) > 0 {
		t.Error("it was called")
	}
}

func TestNothingGoesInTheOpenToAPublicAddress(t *testing.T) {
	g, err := newGate(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.dialer(false).Control("tcp", "8.8.8.8:80", nil); err == nil || !strings.Contains(err.Error(), "without TLS") {
		t.Errorf("%v", err)
	}
	if err := g.dialer(true).Control("tcp", "8.8.8.8:443", nil); err != nil {
		t.Errorf("%v", err)
	}
}
