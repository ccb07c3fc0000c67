package github

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Times of changes (GitHub Docs: "Best practices for using the REST API").
const (
	betweenWrites = time.Second      // between the starts of two of them, at least
	firstByte     = 10 * time.Second // from the record (see Recorded), or the call of Send, until the first byte leaves, at most
)

// Writer carries changes to GitHub, one after the other. It has a transport of
// its own: what is not on the list of routes and mutations that actions use is a
// *[WriteError], and is not sent. No change is ever sent twice, no redirect is
// followed, and each goes over a connection of its own, so that net/http has no
// reason to repeat it either. It is safe for use by several goroutines.
type Writer struct {
	o       Options
	rest    *url.URL
	graphql *url.URL
	wire    http.RoundTripper
	traced  bool // the wire tells when a connection is there

	sending sync.Mutex // one change at a time

	mu       sync.Mutex
	last     time.Time // start of the newest change
	closed   limit     // nothing goes out before closed.until
	refusals int       // limits that were met in a row
}

// NewWriter makes what can change things. Options are those of [New]; Mint,
// InFlight, Unpaced and Rand have no meaning here, and where Reserve is nil a
// tenth of the hourly limit, at least 200, is left for others.
func NewWriter(o Options) (*Writer, error) {
	if o.Reserve == nil {
		o.Reserve = writeReserve
	}
	o.InFlight = 1
	if err := o.defaults(); err != nil {
		return nil, err
	}
	rest, err := url.Parse(o.APIURL)
	if err != nil {
		return nil, fmt.Errorf("setting up the writer: %w", err)
	}
	graphql, err := url.Parse(o.GraphQLURL)
	if err != nil {
		return nil, fmt.Errorf("setting up the writer: %w", err)
	}
	w := &Writer{o: o, rest: rest, graphql: graphql, wire: o.Base}
	if t, ok := o.Base.(*http.Transport); ok {
		w.wire, w.traced = once(t), true
	}
	return w, nil
}

// once is a wire like t on which nothing is ever sent twice: each request has a
// connection of its own, of HTTP/1, so that there is none that the other side may
// have given up meanwhile, and no stream that it refuses.
func once(t *http.Transport) *http.Transport {
	t = t.Clone()
	t.DisableKeepAlives, t.ForceAttemptHTTP2, t.TLSNextProto = true, false, nil
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.TLSClientConfig != nil {
		config = t.TLSClientConfig.Clone()
	}
	config.NextProtos = []string{"http/1.1"}
	t.TLSClientConfig = config
	return t
}

// writeReserve is what changes leave of an hourly limit: expiry must go on.
func writeReserve(limit int) int { return max(limit/10, 200) }

// Ready waits until a change may be sent: a second after the start of the last
// one, and past every limit that GitHub stated. It also has the credential at
// hand, so that nothing else is asked between then and the change. A wait longer
// than MaxWait is a *[LimitedError]. Call it before the intent to send is written
// down; [Writer.Send] itself never waits.
func (w *Writer) Ready(ctx context.Context) error {
	for {
		until, why := w.opens()
		d := until.Sub(w.o.Now())
		if d <= 0 {
			break
		}
		if d > betweenWrites {
			if d > w.o.MaxWait {
				return &LimitedError{Until: until, Why: why}
			}
			w.o.Log.InfoContext(ctx, "waiting for GitHub", "why", why, "resource", "changes", "for", d.Round(time.Second))
			w.o.Waiting(why, until)
		}
		if err := w.o.watched(ctx, whyWord(why), d); err != nil {
			return err
		}
	}
	if _, err := w.token(); err != nil {
		return err
	}
	return ctx.Err()
}

// opens is when the next change may start, and what keeps it until then.
func (w *Writer) opens() (time.Time, string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	until, why := time.Time{}, "a second between two changes"
	if !w.last.IsZero() {
		until = w.last.Add(betweenWrites)
	}
	if w.closed.until.After(until) {
		return w.closed.until, w.closed.why
	}
	return until, why
}

// Heed takes what reads with the same credential heard of the hourly limit: they
// count against the same one.
func (w *Writer) Heed(budgets map[string]Budget) {
	b, ok := budgets["core"]
	if !ok || b.Limit > 1<<31 || b.Remaining > int64(w.o.Reserve(int(b.Limit))) || !b.Reset.After(w.o.Now()) {
		return
	}
	w.close(limit{until: b.Reset, why: shared})
}

func (w *Writer) close(l limit) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if l.refused {
		w.refusals++
	}
	if l.until.After(w.closed.until) {
		w.closed = l
	}
}

type recorded struct{}

// Recorded tells [Writer.Send] when it began to be written down that the change is
// sent: its first byte leaves within ten seconds of that, or not at all, also where
// the process stood still in between. at is by the clock of the writer.
func Recorded(ctx context.Context, at time.Time) context.Context {
	return context.WithValue(ctx, recorded{}, at)
}

func recordedAt(ctx context.Context, now time.Time) time.Time {
	if at, ok := ctx.Value(recorded{}).(time.Time); ok {
		return at
	}
	return now
}

// token gets the credential, judged.
func (w *Writer) token() (string, error) {
	t, err := w.o.Source.Token()
	if err != nil {
		return "", tokenError(err)
	}
	if err := sound(t.AccessToken); err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnauthenticated, err)
	}
	return t.AccessToken, nil
}

// start takes the turn of a change, or says why it is not its time.
func (w *Writer) start() error {
	now := w.o.Now()
	if until, why := w.opens(); until.After(now) {
		if until.Sub(now) > betweenWrites {
			return &LimitedError{Until: until, Why: why}
		}
		return errors.New("the last change began less than a second ago")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = now
	return nil
}
