package faults

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

// bad puts a proxy before the simulator that treats what it passes on badly.
func bad(t *testing.T, toxics ...string) func(sim *httptest.Server) string {
	return func(sim *httptest.Server) string {
		p := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "wire", "127.0.0.1:0", strings.TrimPrefix(sim.URL, "http://"))
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Stop)
		for _, toxic := range toxics {
			if _, err := p.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
				t.Fatal(err)
			}
		}
		return "http://" + p.Listen
	}
}

// toxic is one as the library reads it, of what the server sends.
func toxic(kind string, chance float64, attributes string) string {
	return fmt.Sprintf(`{"name":%q,"type":%q,"stream":"downstream","toxicity":%v,"attributes":{%s}}`, kind, kind, chance, attributes)
}

// wired is trouble on the wire: time is real, and each try has little of it.
func wired(t *testing.T, toxics ...string) trouble {
	return trouble{front: bad(t, toxics...), client: github.Options{Timeout: 400 * time.Millisecond, InFlight: 4}, brisk: true}
}

func TestConnectionsThatBreakNowAndThenLeaveNothingFalse(t *testing.T) {
	for name, one := range map[string]string{
		"cut after some bytes": toxic("limit_data", 1, `"bytes":60000`),
		"reset":                toxic("reset_peer", 1, `"timeout":15`),
		"in small pieces":      toxic("slicer", 1, `"average_size":700,"size_variation":300,"delay":10`),
		"slow to close":        toxic("slow_close", 1, `"delay":50`),
		"narrow":               toxic("bandwidth", 0.5, `"rate":2000`),
	} {
		t.Run(name, func(t *testing.T) {
			_, p := disturbed(t, aVillage, wired(t, one))
			if n := p.client.Meter().Retries; n == 0 && (strings.Contains(one, "limit_data") || strings.Contains(one, "reset_peer")) {
				t.Error("nothing broke")
			}
			t.Logf("%v, %d retries, gaps %v", p.err, p.client.Meter().Retries, p.gaps())
		})
	}
}

func TestConnectionsThatNeverAnswerEndThePassInOneLine(t *testing.T) {
	for name, one := range map[string]string{
		"nothing comes":     toxic("timeout", 1, `"timeout":0`),
		"closed at once":    toxic("limit_data", 1, `"bytes":0`),
		"reset each time":   toxic("reset_peer", 1, `"timeout":0`),
		"one byte a second": toxic("slicer", 1, `"average_size":1,"size_variation":0,"delay":1000000`),
	} {
		t.Run(name, func(t *testing.T) {
			d := wired(t, one)
			d.client.Timeout = 60 * time.Millisecond
			start := time.Now()
			_, p := disturbed(t, aVillage, d)
			if p.err == nil {
				t.Error("the pass was made")
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestServerThatFallsSilentMidwayEndsThePass(t *testing.T) {
	for _, f := range []githubsim.Fault{
		{Nth: 12, Times: 1 << 20, Action: githubsim.TimedOut},
		{Nth: 12, Times: 1 << 20, Action: githubsim.Reset},
	} {
		d := scripted(f)
		d.client.Timeout = 60 * time.Millisecond
		_, p := disturbed(t, aVillage, d)
		if p.err == nil {
			t.Errorf("%s: the pass was made", f.Action)
		}
	}
}
