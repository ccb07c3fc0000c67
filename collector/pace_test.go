package collector

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

// inside answers requests without a network, so that time can be made up.
type inside struct{ sim http.Handler }

func (i inside) RoundTrip(req *http.Request) (*http.Response, error) {
	in := req.Clone(req.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	i.sim.ServeHTTP(w, in)
	resp := w.Result()
	raw, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	resp.ContentLength = int64(len(raw))
	return resp, err
}

// hourly is the limit of an organization of the enterprise plan (GitHub Docs, "Rate
// limits for the REST API").
const hourly = 15_000

// timed reads a generated organization from a server that takes its time, and
// may hold limits, in made-up time.
func timed(t *testing.T, size githubsim.Size, graphql, rest time.Duration, held githubsim.Secondary) (took time.Duration, sim *githubsim.Server) {
	t.Helper()
	sim = githubsim.New(githubsim.Generate(size, githubsim.GenOptions{Seed: 1, Now: time.Now()}), githubsim.Options{
		Tokens: []githubsim.Token{{Value: token, Scope: githubsim.OwnerScope}}, PrimaryLimit: hourly, Secondary: held,
		Latency: func(k githubsim.Kind) time.Duration {
			if k == githubsim.GraphQL {
				return graphql
			}
			return rest
		},
	})
	o := github.Options{
		APIURL: "http://127.0.0.1", Base: inside{sim}, MaxWait: time.Hour,
		Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}),
	}
	o.Unpaced = held == githubsim.Secondary{} // pacing is for limits
	client, err := github.New(o)
	if err != nil {
		t.Fatal(err)
	}
	org, err := Identify(t.Context(), client, "acme")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := Collect(context.Background(), client, org, &void{}, Options{}); err != nil {
		t.Fatal(err)
	}
	return time.Since(start), sim
}

func TestGoodCitizenIsNeverLimited(t *testing.T) {
	size := githubsim.S
	if named, ok := sizes[os.Getenv("AJAR_LONG")]; ok { // S, L or XL
		size = named
	}
	synctest.Test(t, func(t *testing.T) {
		took, sim := timed(t, size, 1500*time.Millisecond, 200*time.Millisecond, githubsim.GitHubSecondary)
		m := sim.Meters()
		if m.Limited > 0 || m.InFlightMax > 8 {
			t.Errorf("limited %d times, %d in flight", m.Limited, m.InFlightMax)
		}
		var graphql, all []githubsim.Request
		for _, r := range sim.Requests() {
			if all = append(all, r); r.Kind == githubsim.GraphQL {
				graphql = append(graphql, r)
			}
		}
		busiest := busiestMinute(graphql)
		if busiest > 55*time.Second {
			t.Errorf("%s of GraphQL response time in a minute", busiest)
		}
		t.Attr("limited", strconv.Itoa(m.Limited))
		t.Attr("in-flight", strconv.Itoa(m.InFlightMax))
		t.Attr("busiest-minute", fmt.Sprintf("%.1f", busiest.Seconds()))
		if busiest := busiestMinute(all); busiest > 90*time.Second {
			t.Errorf("%s of response time in a minute", busiest)
		}
		// What the limits of response time allow at best, and a tenth on top. XL, of
		// which this sink remembers nothing, is so many calls that the hourly limit
		// decides instead.
		sum, hours := m.Total.Time, time.Duration(len(all)-len(graphql))*time.Hour/hourly
		if most := max(sum*60/78, sum2(graphql)*60/55, hours) * 11 / 10; took > most+time.Minute {
			t.Errorf("took %s for %s of response time, want at most %s", took, sum, most)
		}
		t.Logf("%s for %s of response time (GraphQL %s)", took, sum, sum2(graphql))
	})
}

func sum2(rs []githubsim.Request) (d time.Duration) {
	for _, r := range rs {
		d += r.Count.Time
	}
	return d
}

// confirms reports whether a query asks for names that REST calls went by: it
// belongs to them, and comes as late as they do.
func confirms(r githubsim.Request) bool { return strings.Contains(r.Query, "a:nodes(ids:$a)") }

func busiestMinute(rs []githubsim.Request) (most time.Duration) {
	rs = slices.Clone(rs)
	slices.SortStableFunc(rs, func(x, y githubsim.Request) int { return x.At.Compare(y.At) })
	var sum time.Duration
	first := 0 // of the minute that ends with the request at hand
	for _, r := range rs {
		for sum += r.Count.Time; r.At.Sub(rs[first].At) >= time.Minute; first++ {
			sum -= rs[first].Count.Time
		}
		most = max(most, sum)
	}
	return most
}

func TestGraphQLPartOfALargeReadTakesTwentySeconds(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 10 000 repositories")
	}
	synctest.Test(t, func(t *testing.T) {
		_, sim := timed(t, githubsim.L, 100*time.Millisecond, 100*time.Millisecond, githubsim.Secondary{})
		var first, last time.Time
		for _, r := range sim.Requests() {
			if r.Kind == githubsim.GraphQL && !confirms(r) {
				if first.IsZero() {
					first = r.At
				}
				last = r.At.Add(r.Count.Time)
			}
		}
		t.Attr("seconds", fmt.Sprintf("%.2f", last.Sub(first).Seconds()))
		if took := last.Sub(first); took > 20*time.Second {
			t.Errorf("the GraphQL part took %s", took)
		} else {
			t.Logf("the GraphQL part took %s", took)
		}
	})
}
