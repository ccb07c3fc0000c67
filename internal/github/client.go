// Package github carries requests to GitHub: one client for GraphQL and REST,
// whose transport authenticates, paces, retries, measures, and refuses to write.
//
// The layers stand in one visible chain (see [New]). A request passes them from
// the top to the bottom, its answer back up:
//
//	capture      keeps the body of a GraphQL answer for Query
//	judge        turns a status that says no into a typed error
//	recall       answers what a broken-off pass has been answered, and records
//	reduce       shortens a long answer to what its request needs
//	readonly     lets out nothing but reads
//	retry        asks again after what a second try can heal
//	pace         waits for its turn and obeys GitHub's limits
//	measure      counts
//	whole        reads the body to its end, or says that it broke off
//	authorize    adds the credential, for GitHub's own host alone
//	conditional  asks whether a kept answer still holds
//	dated        tells GitHub's time to whoever judges by it
package github

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	gh "github.com/google/go-github/v92/github"
	"github.com/shurcooL/githubv4"
	"golang.org/x/oauth2"
)

// Options say how to reach GitHub. Source is required; every other field has a
// default that is right for github.com.
type Options struct {
	APIURL     string             // "https://api.github.com" unless given
	GraphQLURL string             // derived from APIURL unless given
	Source     oauth2.TokenSource // the credential
	UserAgent  string             // "ajar/VERSION (+https://github.com/eb661601/ajar)"; VERSION is devel unless given

	Log   *slog.Logger
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error // returns early, with the context's error, when it ends
	Rand  func() float64                             // jitter, in [0,1)
	Base  http.RoundTripper                          // the wire

	Authorities []byte // certificates, PEM, trusted beside the system's, where Base is not given
	Proxy       string // http or https, where Base is not given; "": the environment says it

	MaxWait  time.Duration                     // longest wait for a limit before ErrLimited; 0 means 10 minutes, negative means none
	Timeout  time.Duration                     // for one try of one request, body included; 0 means 60 s
	InFlight int                               // requests under way at once; 0 means 8
	Reserve  func(limit int) int               // what is left for others of an hourly limit of so many; waits begin there; nil: nothing
	Unpaced  bool                              // do not spread requests by response time and count; GitHub's own limits still hold
	Dated    func(time.Time)                   // hears the Date of each answer of GitHub's own, as it comes; may be called from several goroutines
	Waiting  func(why string, until time.Time) // hears that requests wait for a limit; may be called from several goroutines
	Observe  Observer                          // hears what is asked, answered and waited for
	Mint     bool                              // let POST /app/installations/{id}/access_tokens pass, which mints a token
}

// DefaultAPIURL is the API of github.com.
const DefaultAPIURL = "https://api.github.com"

// Client asks GitHub. It is safe for use by several goroutines at once.
type Client struct {
	rest    *gh.Client
	graphql *githubv4.Client
	idle    func()
	meter   *meter
	budgets *budgets
	tape    *atomic.Pointer[playing] // see Replay
	ear     *ear
	source  oauth2.TokenSource
	host    string
}

// New makes a client that can only read.
func New(o Options) (*Client, error) {
	if err := o.defaults(); err != nil {
		return nil, err
	}
	restURL, _ := url.Parse(o.APIURL)
	graphqlURL, _ := url.Parse(o.GraphQLURL)
	m, left := &meter{}, newBudgets()
	tape, heard := &atomic.Pointer[playing]{}, &ear{now: o.Now}
	o.Sleep = m.timed(o.Sleep)
	transport := chain(o.Base,
		capture(graphqlURL),
		judge(),
		recall(graphqlURL, tape, heard, m, o.Observe.Answered),
		reduce(),
		readonly(graphqlURL, restURL, o.Mint),
		retry(o, graphqlURL, m),
		pace(o, graphqlURL, left),
		measure(o, restURL, graphqlURL, m),
		whole(graphqlURL, o.Timeout),
		authorize(o, restURL, graphqlURL),
		conditional(tape, m, o.Observe.Answered),
		dated(o.Dated),
	)
	hc := &http.Client{Transport: transport, CheckRedirect: redirects(restURL)}
	rest, err := gh.NewClient(gh.WithHTTPClient(hc), gh.WithURLs(&o.APIURL, nil),
		gh.WithUserAgent(o.UserAgent), gh.WithDisableRateLimitCheck())
	if err != nil {
		return nil, fmt.Errorf("setting up the REST client: %w", err)
	}
	return &Client{
		rest: rest, graphql: githubv4.NewEnterpriseClient(o.GraphQLURL, hc), meter: m, budgets: left,
		tape: tape, ear: heard, source: o.Source, host: restURL.Host,
		idle: (&http.Client{Transport: o.Base}).CloseIdleConnections,
	}, nil
}

func (o *Options) defaults() error {
	if o.Source == nil {
		return fmt.Errorf("setting up the GitHub client: %w: no token is configured", ErrUnauthenticated)
	}
	if o.APIURL == "" {
		o.APIURL = DefaultAPIURL
	}
	rest, graphql, err := URLs(o.APIURL)
	if err != nil {
		return err
	}
	o.APIURL = rest
	if o.GraphQLURL == "" {
		o.GraphQLURL = graphql
	} else if _, err := checked(o.GraphQLURL); err != nil {
		return err
	}
	if o.UserAgent == "" {
		o.UserAgent = "ajar/devel (+https://github.com/eb661601/ajar)"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Waiting == nil {
		o.Waiting = func(string, time.Time) {}
	}
	o.Observe.defaults()
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.MaxWait == 0 {
		o.MaxWait = 10 * time.Minute
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	if o.InFlight == 0 {
		o.InFlight = inFlight
	}
	if o.Base == nil {
		base, err := wire(o)
		if err != nil {
			return err
		}
		o.Base = base
	}
	return nil
}

// sleep waits d, or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// REST gives go-github's client on the same transport. Its errors belong to the
// classes of this package.
func (c *Client) REST() *gh.Client { return c.rest }

// Meter gives what has been asked and answered since the client was made.
func (c *Client) Meter() Meter { return c.meter.read() }

// CloseIdleConnections lets go of connections that nobody uses at the moment.
func (c *Client) CloseIdleConnections() { c.idle() }
