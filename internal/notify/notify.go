// Package notify tells people what ajar found and did: through an outbox in the store,
// so that a process that dies forgets nothing, by channels that a configuration names,
// grouped by pass and organization, and only what is new.
package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
)

// Channel is one way to a receiver. Send delivers a message once; it may be called
// again with the same message, whose ID is the same then. Its errors hold neither the
// address nor a secret.
type Channel interface {
	Name() string
	Send(ctx context.Context, m Message) error
}

// Meter counts what became of messages; *metrics.Registry is one.
type Meter interface {
	Notified(channel, result string) // result: sent, failed or dead
	Outbox(state string, n int)      // state: waiting, held or dead
}

// Opener opens the store for as long as do takes.
type Opener func(ctx context.Context, do func(*store.Store) error) error

// Open is the opener of a store that is open already.
func Open(s *store.Store) Opener {
	return func(_ context.Context, do func(*store.Store) error) error { return do(s) }
}

// Options say who is told what, and with what.
type Options struct {
	Config config.Notify
	// Read and Write open the store. Neither is held while a receiver is waited for.
	Read, Write Opener
	// Record writes entries to the journal of the store: that people were told.
	Record func(ctx context.Context, s *store.Store, entries ...journal.Entry) error
	Getenv func(string) string
	Now    func() time.Time
	// Issue makes the keeper of the issue that holds a mark, for a channel that keeps one;
	// nil: none can be kept.
	Issue   func(c config.Channel, mark string) (Issue, error)
	Program string // how the commands begin that are suggested
	Version string
	Log     *slog.Logger   // nil: silence
	Meter   Meter          // nil: nobody counts
	Random  func() float64 // in [0, 1); nil: of the system
	Extra   []Channel      // beside those of the configuration
}

// Notifier tells people.
type Notifier struct {
	o        Options
	channels map[string]Channel
	order    []string // names of channels
	standing map[string]bool
	routes   []route

	sending   sync.Mutex     // one round of deliveries at a time
	unsettled []store.Notice // outcomes that could not be kept yet
}

// New makes the channels of a configuration. A secret that is not there, or an address
// that can be nobody's, is an error that names the channel.
func New(o Options) (*Notifier, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Random == nil {
		o.Random = rand.Float64
	}
	n := &Notifier{o: o, channels: map[string]Channel{}, standing: map[string]bool{}}
	var errs []error
	for _, c := range o.Config.Channels {
		ch, err := newChannel(c, o)
		if err != nil {
			errs = append(errs, fmt.Errorf("channel %s: %w", c.Name, err))
			continue
		}
		n.add(ch)
		n.standing[c.Name] = c.Kind == config.Alertmanager || c.Kind == config.GitHubIssue
	}
	for _, ch := range o.Extra {
		n.add(ch)
	}
	var err error
	if n.routes, err = newRoutes(o.Config.Routes, n.order); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return n, nil
}

func (n *Notifier) add(ch Channel) {
	n.channels[ch.Name()] = ch
	n.order = append(n.order, ch.Name())
}

// Channels gives the names of the channels, in the order of the configuration.
func (n *Notifier) Channels() []string { return n.order }

// Test sends one message that says nothing but that the channel works.
func (n *Notifier) Test(ctx context.Context, channel string) error {
	ch, ok := n.channels[channel]
	if !ok {
		return fmt.Errorf("there is no channel %q", channel)
	}
	at := n.o.Now().UTC()
	m := Message{
		ID: fmt.Sprintf("test-%s-%d", channel, at.UnixMilli()), Kind: Trial, At: at, Severity: 1, Title: "ajar can reach this channel",
		Facts: []Fact{{"channel", channel}, {"version", n.o.Version}},
		Sections: []Section{{Title: "This is a test; nothing has happened", Lines: []Line{
			{Severity: 1, Kind: Trial, Text: "Whoever configured the channel asked for it with " + n.o.Program + " notify test.", Details: nil},
		}}},
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return ch.Send(ctx, m.visible())
}
