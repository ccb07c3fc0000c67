package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/notify"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

func newNotify(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "notify",
		Short: "Test the channels that people are told by, and look at what waits to be told",
		Long: `People are told what is new by the channels of [notify] in the configuration: chats,
signed webhooks, mail, Alertmanager. Messages lie in an outbox in the store until
their channel has taken them; docs/notices.md says what is told when.`,
		Example: "  ajar notify test\n  ajar notify list\n  ajar notify retry --dead",
		Args:    onlyCommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newNotifyTest(a), newNotifyList(a), newNotifyRetry(a))
	return cmd
}

func newNotifyTest(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "test [CHANNEL]...",
		Short: "Send one message to each channel, and say what came back",
		Long: `Send one message to each channel, or to those that are named, and say what came
back. The message says that nothing has happened. It does not go through the outbox:
the store is not needed, and nothing is tried again.`,
		Example:           "  ajar notify test\n  ajar notify test ops -o json",
		ValidArgsFunction: a.channelNames,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.notifyTest(cmd.Context(), args) },
	}
}

func newNotifyList(a *app) *cobra.Command {
	var state, channel string
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the outbox: what waits, what was sent, what nobody took",
		Long: `List the messages of the outbox, the newest first: what waits to be sent or for the
next digest, what was sent within 30 days, and what is dead, since its channel did not
take it for 24 hours.`,
		Example: "  ajar notify list\n  ajar notify list --state dead -o json",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if state != "" && !slices.Contains(noticeStates, state) {
				return withHint(usage("--state %q is not a state", state), "one of %s", strings.Join(noticeStates, ", "))
			}
			return a.reading(cmd.Context(), func(ctx context.Context, s *store.Store) error {
				return a.notifyList(ctx, s, state, channel, limit)
			})
		},
	}
	cmd.Flags().StringVar(&state, "state", "", "those of one `STATE`: "+strings.Join(noticeStates, ", "))
	cmd.Flags().StringVar(&channel, "channel", "", "those to one `CHANNEL`")
	cmd.Flags().IntVar(&limit, "limit", 50, "at most `N`")
	return cmd
}

func newNotifyRetry(a *app) *cobra.Command {
	var dead bool
	cmd := &cobra.Command{
		Use:   "retry [ID]...",
		Short: "Send now what waits, and anew what nobody took",
		Long: `Send what waits in the outbox now and not when it is due, and what is dead anew: the
messages that are named by their number, all that wait where none is, and with --dead
all that are dead too. A message that a daemon sends at the same time may arrive twice,
with the same id.`,
		Example: "  ajar notify retry\n  ajar notify retry --dead\n  ajar notify retry 17 18",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.notifyRetry(cmd.Context(), args, dead) },
	}
	cmd.Flags().BoolVar(&dead, "dead", false, "also what nobody took for 24 hours")
	return cmd
}

var noticeStates = []string{store.NoticeWaiting, store.NoticeHeld, store.NoticeDead, store.NoticeSent, store.NoticeMerged, store.NoticeSuperseded}

// channelNames completes the names of the configured channels.
func (a *app) channelNames(_ *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	c, err := a.config()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, ch := range c.Notify.Channels {
		out = append(out, ch.Name)
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// notifier makes the channels of a configuration, over stores that are opened by read
// and write.
func (a *app) notifier(c *config.Config, read, write notify.Opener) (*notify.Notifier, error) {
	log, err := a.log()
	if err != nil {
		return nil, err
	}
	return notify.New(notify.Options{
		Config: c.Notify, Read: read, Write: write, Record: a.record, Getenv: a.getenv, Now: a.now, Program: a.program,
		Version: buildVersion().Version, Log: log, Issue: func(ch config.Channel, mark string) (notify.Issue, error) { return a.issue(c, ch, mark) },
	})
}

// noChannel says that nobody would be told.
func (a *app) noChannel() error {
	return withHint(usage("no channel is configured"), "add one: [[notify.channel]], as docs/notices.md shows")
}

func (a *app) notifyTest(ctx context.Context, only []string) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if len(c.Notify.Channels) == 0 {
		return a.noChannel()
	}
	for _, name := range only {
		if !slices.ContainsFunc(c.Notify.Channels, func(ch config.Channel) bool { return ch.Name == name }) {
			known, _ := a.channelNames(nil, nil, "")
			return withHint(usage("there is no channel %q", name), "there are %s", strings.Join(known, ", "))
		}
	}
	var v report.NoticeTrials
	for _, ch := range c.Notify.Channels {
		if len(only) > 0 && !slices.Contains(only, ch.Name) {
			continue
		}
		one := *c
		one.Notify.Channels, one.Notify.Routes = []config.Channel{ch}, nil
		begun := a.now()
		err := a.tryChannel(ctx, &one, ch.Name)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		t := report.NoticeTrial{Channel: ch.Name, Kind: ch.Kind, Took: a.now().Sub(begun)}
		if err != nil {
			t.Error = err.Error()
			a.exit(failed)
		}
		v.Trials = append(v.Trials, t)
	}
	return a.show(v)
}

func (a *app) tryChannel(ctx context.Context, c *config.Config, name string) error {
	n, err := a.notifier(c, nil, nil)
	if err != nil {
		return err
	}
	return n.Test(ctx, name)
}

func (a *app) notifyList(ctx context.Context, s *store.Store, state, channel string, limit int) error {
	all, err := s.Notices(ctx, state, channel, limit)
	if err != nil {
		return err
	}
	v := report.Notices{Path: s.Path()}
	if v.Counts, err = s.CountNotices(ctx); err != nil {
		return err
	}
	total := 0
	for st, n := range v.Counts {
		if state == "" || st == state {
			total += n
		}
	}
	if channel == "" {
		v.More = max(total-len(all), 0)
	}
	for _, n := range all {
		one := report.Notice{ID: n.ID, Channel: n.Channel, Kind: n.Kind, Title: notify.Title(n), State: n.State, At: n.At, Tries: n.Tries, Error: n.Error}
		if n.State == store.NoticeWaiting {
			one.Next = &n.Next
		}
		if !n.Ended.IsZero() {
			one.Ended = &n.Ended
		}
		v.Notices = append(v.Notices, one)
	}
	return a.show(v)
}

func (a *app) notifyRetry(ctx context.Context, args []string, dead bool) error {
	var ids []int64
	for _, arg := range args {
		id, err := strconv.ParseInt(strings.TrimPrefix(arg, "#"), 10, 64)
		if err != nil {
			return withHint(usage("%q is not the number of a message", arg), "%s notify list shows them", a.program)
		}
		ids = append(ids, id)
	}
	return a.writing(ctx, func(c *config.Config, s *store.Store) error {
		if len(c.Notify.Channels) == 0 {
			return a.noChannel()
		}
		n, err := a.notifier(c, notify.Open(s), notify.Open(s))
		if err != nil {
			return err
		}
		if err := a.revive(ctx, s, ids, dead); err != nil {
			return err
		}
		if _, err := n.Deliver(ctx); err != nil {
			return err
		}
		return a.notifyList(ctx, s, "", "", 20)
	})
}

// revive has messages tried now.
func (a *app) revive(ctx context.Context, s *store.Store, ids []int64, dead bool) error {
	if len(ids) == 0 {
		states := []string{store.NoticeWaiting}
		if dead {
			states = append(states, store.NoticeDead)
		}
		for _, st := range states {
			all, err := s.Notices(ctx, st, "", maxRetry)
			if err != nil {
				return err
			}
			for _, n := range all {
				ids = append(ids, n.ID)
			}
		}
	}
	slices.Sort(ids)
	var errs []error
	for _, id := range ids {
		ok, err := s.ReviveNotice(ctx, id, a.now())
		if err == nil && !ok {
			err = withHint(usage("message %d does not wait and is not dead", id), "%s notify list shows what can be tried", a.program)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// maxRetry is how many messages one command tries; the daemon goes on with the others.
const maxRetry = 200
