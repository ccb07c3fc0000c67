package collector

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

// sizes are those of the performance goals. XL takes minutes and is measured
// with AJAR_XL=1 in the environment.
var sizes = map[string]githubsim.Size{"S": githubsim.S, "L": githubsim.L, "XL": githubsim.XL}

// TestMain runs the tests, or as a child process the simulator that a benchmark
// asks, so that the client's CPU is measured alone.
func TestMain(m *testing.M) {
	if size := os.Getenv("AJAR_TEST_SERVE"); size != "" {
		serve(size)
		return
	}
	code := m.Run()
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, "goroutines were left behind:", err)
		code = 1
	}
	os.Exit(code)
}

func serve(size string) {
	latency, _ := time.ParseDuration(os.Getenv("AJAR_TEST_LATENCY"))
	sim := githubsim.New(githubsim.Generate(sizes[size], githubsim.GenOptions{Seed: 1, Now: time.Now()}), githubsim.Options{
		PrimaryLimit: githubsim.Unlimited, Latency: func(githubsim.Kind) time.Duration { return latency },
		Tokens: []githubsim.Token{{Value: token, Scope: githubsim.OwnerScope}},
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(l, sim)
	fmt.Println(l.Addr())
	io.Copy(io.Discard, os.Stdin) // until the parent goes
}

// child starts a simulator in a process of its own.
func child(b *testing.B, size string, latency time.Duration) (address string) {
	b.Helper()
	if _, xl := os.LookupEnv("AJAR_XL"); size == "XL" && !xl {
		b.Skip("set AJAR_XL=1 to measure 100 000 repositories")
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "AJAR_TEST_SERVE="+size, "AJAR_TEST_LATENCY="+latency.String())
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return "http://" + strings.TrimSpace(line)
}

// watched is a client that notes when the last query was answered.
type watched struct {
	*github.Client
	last atomic.Int64
}

func (w *watched) Query(ctx context.Context, q any, vars map[string]any) error {
	err := w.Client.Query(ctx, q, vars)
	w.last.Store(time.Now().UnixNano())
	return err
}

// BenchmarkFullRead measures a full read against a simulator in another
// process: P1 (queries and points a repository), P2 (wall time of the GraphQL
// part at 100 ms latency), and the collector's share of P5 (CPU) and P6 (peak
// memory of the process).
func BenchmarkFullRead(b *testing.B) {
	for _, size := range []string{"S", "L", "XL"} {
		b.Run(size, func(b *testing.B) { fullRead(b, size, 0) })
		b.Run(size+"-at-100ms", func(b *testing.B) { fullRead(b, size, 100*time.Millisecond) })
	}
}

func fullRead(b *testing.B, size string, latency time.Duration) {
	address := child(b, size, latency)
	n := float64(sizes[size].Repositories)
	for b.Loop() {
		client, err := github.New(github.Options{
			APIURL: address, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}), Unpaced: true,
		})
		if err != nil {
			b.Fatal(err)
		}
		w := &watched{Client: client}
		start, before := time.Now(), cpu()
		org, err := Identify(context.Background(), w, "acme")
		if err != nil {
			b.Fatal(err)
		}
		sink := &void{}
		if err := Collect(context.Background(), w, org, sink, Options{}); err != nil {
			b.Fatal(err)
		}
		m := client.Meter()
		b.ReportMetric(float64(m.GraphQL)/n, "queries/repo(P1+contributions)")
		b.ReportMetric(float64(m.REST)/n, "rest/repo")
		b.ReportMetric(time.Unix(0, w.last.Load()).Sub(start).Seconds(), "graphql-s(P2:L<=20)")
		b.ReportMetric((cpu() - before).Seconds(), "cpu-s(P5:L<=2)")
		b.ReportMetric(peak(), "peak-MB(P6:L<=100,XL<=350)")
		b.ReportMetric(float64(sink.rows), "grants")
		client.CloseIdleConnections()
	}
	runtime.KeepAlive(address)
}

// cpu is what the process has used so far, user and system.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the largest resident set of the process so far, in MB; 0 where the
// system does not tell.
func peak() float64 {
	text, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kb, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	v, _ := strconv.ParseFloat(kb, 64)
	return v / 1024
}

// BenchmarkP1APIBudget counts by the server's own meter what a full read costs:
// at most 0.08 queries and 0.08 points a repository, contributions apart.
func BenchmarkP1APIBudget(b *testing.B) {
	for _, size := range []string{"S", "L", "XL"} {
		b.Run(size, func(b *testing.B) {
			if _, xl := os.LookupEnv("AJAR_XL"); size == "XL" && !xl {
				b.Skip("set AJAR_XL=1 to measure 100 000 repositories")
			}
			h := start(b, githubsim.Generate(sizes[size], githubsim.GenOptions{Seed: 1}))
			for b.Loop() {
				h.sim.ResetMeters()
				if err := h.into(&void{}, "acme"); err != nil {
					b.Fatal(err)
				}
			}
			m, n := h.sim.Meters(), float64(sizes[size].Repositories)
			c := core(m)
			b.ReportMetric(float64(c.Requests)/n, "queries/repo(goal<=0.08)")
			b.ReportMetric(float64(c.Points)/n, "points/repo(goal<=0.08)")
			b.ReportMetric(float64(sum(m.REST).Requests)/n, "rest/repo")
			b.Logf("%s: %d queries, %d points%s", size, c.Requests, c.Points, bill(m))
		})
	}
}
