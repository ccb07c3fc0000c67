package evidence

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
)

// announced is the body of an entry that somebody was told of what is planned.
type announced struct {
	remediate.Notice
	Channels []string `json:"channels"`
}

func (g *gathering) notices() Table {
	return build("notices", "Notices",
		"One row for each time in the period that somebody was told what they are about to lose (journal), and for each message to a channel that was written or changed its state in the period (outbox), "+
			"as it stood at the end. What a message said is not kept.",
		"the journal; the store's record of each message",
		[]Column{{"organization", "Organization", "The organization that it is about; empty for none.", Text},
			{"at", "At", "When it was recorded, or written.", Instant},
			{"told_by", "Told by", "journal: those concerned were told before a change; outbox: a message to a channel.", Text},
			{"channels", "Channels", "The channels that took it; empty: whoever saved the plan told them.", Text},
			{"kind", "Kind", "What sort of message.", Text},
			{"state", "State", "told, or where the message stood at the end of the period: waiting, held (for the next digest), sent, merged (a digest told it), superseded (by a newer account of the same) or dead (nobody took it).", Text},
			{"finding", "Finding", "The finding that it is about; see findings.", Text},
			{"plan", "Plan", "The plan that it announces.", Text},
			{"action", "Action", "The action that it announces.", Text},
			{"recipients", "Recipients", "Who was to be told, separated by semicolons.", Text},
			{"date", "Date", "The change does not come before.", Instant},
			{"tries", "Tries", "How often it was tried to send it; of one that somebody had tried anew, since then.", Whole},
			{"first_tried_at", "First tried at", "When it was tried first; empty: it was not by the end of the period.", Instant},
			{"error", "Error", "Of the last try.", Text},
			{"ended_at", "Ended at", "When it was sent, given up, or something else took its place; empty: it waited at the end of the period.", Instant},
		}, func(ctx context.Context, emit emit) error {
			err := g.entries(ctx, func(login string, e journal.Entry) error {
				if e.Kind != journal.Notice {
					return nil
				}
				var n announced
				if e.Body != nil {
					if err := e.Decode(&n); err != nil {
						return err
					}
				}
				var to []string
				for _, x := range n.To {
					to = append(to, x.Name)
				}
				return emit(Of(login), At(e.At), Of("journal"), Of(strings.Join(n.Channels, "; ")), Of("grace"), Of("told"), Of(n.Finding), Of(e.Plan), Of(e.Action),
					Of(strings.Join(to, "; ")), At(n.Date), Value{}, Value{}, Value{}, Value{})
			})
			if err != nil {
				return err
			}
			return g.messages(ctx, emit)
		})
}

func (g *gathering) messages(ctx context.Context, emit emit) error {
	var all []store.PastNotice
	for _, o := range g.orgs {
		some, err := g.s.NoticesDuring(ctx, o.ID, g.o.Period.From, g.o.Period.To)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b store.PastNotice) int { return cmp.Compare(a.ID, b.ID) })
	all = slices.CompactFunc(all, func(a, b store.PastNotice) bool { return a.ID == b.ID })
	for _, n := range all {
		login, _ := g.login(n.Org)
		err := emit(Of(login), At(n.At), Of("outbox"), Of(n.Channel), Of(n.Kind), Of(n.State), Value{}, Value{}, Value{}, Value{}, Value{}, Count(n.Tries), At(n.First), Of(n.Error), At(n.Ended))
		if err != nil {
			return err
		}
	}
	return nil
}

// forgotten says where the record of messages is not whole: an older ajar forgot those
// that were sent.
func (g *gathering) forgotten(ctx context.Context, o *organization) ([]Gap, error) {
	from, err := g.s.NoticesKeptFrom(ctx)
	if err != nil || !g.o.Period.From.Before(from) {
		return nil, err
	}
	to := from
	if g.o.Period.To.Before(to) {
		to = g.o.Period.To
	}
	return []Gap{{Org: o.Login, From: g.o.Period.From, To: to,
		Reason: "messages to channels of that time may be missing in notices: the store was made by an older ajar, which forgot what was sent after 30 days"}}, nil
}
