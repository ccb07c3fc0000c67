package evidence

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/run"
)

// login names the organization of an entry; "" where it is of none, and false where it
// is of one that the evidence is not about.
func (g *gathering) login(org int64) (string, bool) {
	if org == 0 {
		return "", true
	}
	i := slices.IndexFunc(g.orgs, func(o *organization) bool { return o.ID == org })
	if i < 0 {
		return "", false
	}
	return g.orgs[i].Login, true
}

// entries goes through the journal of the period, without other organizations'.
func (g *gathering) entries(ctx context.Context, each func(login string, e journal.Entry) error) error {
	return g.s.JournalBetween(ctx, g.o.Period.From, g.o.Period.To, func(e journal.Entry) error {
		login, ok := g.login(e.Org)
		if !ok {
			return nil
		}
		return each(login, e)
	})
}

func (g *gathering) journal() Table {
	return build("journal", "Journal", "One row for each entry of ajar's journal in the period: decisions, changes, holds, keys. Entries of other organizations of the same store are left out, so numbers may be missing.",
		"the journal, a log in which each entry is bound by its hash; the pack proves that these are in it",
		[]Column{{"organization", "Organization", "The organization that it is about; empty for none.", Text},
			{"entry", "Entry", "Its place in the journal.", Whole},
			{"at", "At", "When it was written.", Instant},
			{"epoch", "Epoch", "Which process wrote: each that takes over counts on.", Whole},
			{"kind", "Kind", "What it records.", Text},
			{"plan", "Plan", "The hash of the plan or restore.", Text},
			{"run", "Run", "The run.", Text},
			{"action", "Action", "The action.", Text},
			{"who", "Who", "Who did or decided it.", Text},
			{"body_sha256", "Body SHA-256", "The digest of what it says, in hex; it stays when that is redacted.", Text},
			{"redacted", "Redacted", "Whether what it says was removed.", Yes},
		}, func(ctx context.Context, emit emit) error {
			return g.entries(ctx, func(login string, e journal.Entry) error {
				sum := e.Sum()
				return emit(Of(login), Count(e.Seq), At(e.At), Count(e.Epoch), Of(string(e.Kind)), Of(e.Plan), Of(e.Run), Of(e.Action), Of(e.Who),
					Of(hex.EncodeToString(sum[:])), Is(e.Body == nil))
			})
		})
}

// deciding are the kinds of entries by which people decide.
var deciding = map[journal.Kind]string{
	journal.PlanApproved: "approved", journal.PlanWithdrawn: "withdrawn", journal.DecisionRefused: "refused", journal.Hold: "hold",
	journal.ResumeAsked: "resume-asked", journal.Resume: "resumed", journal.RollbackAccepted: "rollback-accepted",
}

// decision is what the bodies of such entries have between them.
type decision struct {
	By       run.Person `json:"by"`
	Until    time.Time  `json:"until"`
	Allowed  int        `json:"allowed_changes"`
	Reason   string     `json:"reason"`
	Entrance string     `json:"entrance"`
	Decision string     `json:"decision"`
	Code     string     `json:"code"`
	Why      string     `json:"why"`
	AskedBy  run.Person `json:"asked_by"`
	AgreedBy run.Person `json:"agreed_by"`
}

func (g *gathering) approvals() Table {
	return build("approvals", "Decisions", "One row for each decision in the period: plans approved or withdrawn, decisions that were refused, holds set and lifted. Which run went on which word stands in runs.",
		"the journal",
		[]Column{{"organization", "Organization", "The organization that it is about; empty for none.", Text},
			{"entry", "Entry", "Its place in the journal.", Whole},
			{"at", "At", "When it was decided.", Instant},
			{"decision", "Decision", "approved, withdrawn, refused, hold, resume-asked, resumed or rollback-accepted.", Text},
			{"plan", "Plan", "The hash of the plan or restore; of a hold that is lifted by two people, of those very holds.", Text},
			{"who", "Who", "Who decided, as the journal names them.", Text},
			{"who_id", "Who ID", "GitHub's number of that person, by their own token; empty where it was not asked.", Whole},
			{"asked_by", "Asked by", "Who asked, where two people have to.", Text},
			{"until", "Until", "When it lapses.", Instant},
			{"allowed_changes", "Allowed changes", "How many losses over the limits it agrees to; empty: none.", Whole},
			{"wanted", "Wanted", "Of a refusal: what was to be decided.", Text},
			{"code", "Code", "Of a refusal: the reason in a word.", Text},
			{"reason", "Reason", "The reason that was given, or why it was refused.", Text},
			{"entrance", "Entrance", "By which way it came.", Text},
			{"redacted", "Redacted", "Whether what it says was removed.", Yes},
		}, func(ctx context.Context, emit emit) error {
			return g.entries(ctx, func(login string, e journal.Entry) error {
				what, ok := deciding[e.Kind]
				if !ok {
					return nil
				}
				var d decision
				if e.Body != nil {
					if err := e.Decode(&d); err != nil {
						return err
					}
				}
				id := cmp.Or(d.By.ID, d.AgreedBy.ID)
				asked := ""
				if d.AskedBy.ID != 0 {
					asked = d.AskedBy.String()
				}
				return emit(Of(login), Count(e.Seq), At(e.At), Of(what), Of(e.Plan), Of(e.Who), number(id), Of(asked), At(d.Until), number(int64(d.Allowed)),
					Of(d.Decision), Of(d.Code), Of(cmp.Or(d.Reason, d.Why)), Of(d.Entrance), Is(e.Body == nil))
			})
		})
}

// announced is the body of an entry that somebody was told of what is planned.
type announced struct {
	remediate.Notice
	Channels []string `json:"channels"`
}

func (g *gathering) notices() Table {
	return build("notices", "Notices",
		"One row for each time in the period that somebody was told what they are about to lose (journal), and for each message that the outbox still holds (outbox): "+
			"it forgets what was sent after 30 days, the journal forgets nothing.",
		"the journal; the outbox",
		[]Column{{"organization", "Organization", "The organization that it is about; empty for none.", Text},
			{"at", "At", "When it was recorded, or written.", Instant},
			{"told_by", "Told by", "journal: those concerned were told before a change; outbox: a message to a channel.", Text},
			{"channels", "Channels", "The channels that took it; empty: whoever saved the plan told them.", Text},
			{"kind", "Kind", "What sort of message.", Text},
			{"state", "State", "told, or where the message stands: waiting, held, sent, merged, superseded or dead.", Text},
			{"finding", "Finding", "The finding that it is about; see findings.", Text},
			{"plan", "Plan", "The plan that it announces.", Text},
			{"action", "Action", "The action that it announces.", Text},
			{"recipients", "Recipients", "Who was to be told, separated by semicolons.", Text},
			{"date", "Date", "The change does not come before.", Instant},
			{"tries", "Tries", "How often it was tried to send it.", Whole},
			{"error", "Error", "Of the last try.", Text},
			{"ended_at", "Ended at", "When it was sent or given up.", Instant},
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
					Of(strings.Join(to, "; ")), At(n.Date), Value{}, Value{}, Value{})
			})
			if err != nil {
				return err
			}
			return g.messages(ctx, emit)
		})
}

func (g *gathering) messages(ctx context.Context, emit emit) error {
	var all []store.Notice
	for _, o := range g.orgs {
		some, err := g.s.NoticesBetween(ctx, o.ID, g.o.Period.From, g.o.Period.To)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b store.Notice) int { return cmp.Compare(a.ID, b.ID) })
	all = slices.CompactFunc(all, func(a, b store.Notice) bool { return a.ID == b.ID })
	for _, n := range all {
		login, _ := g.login(n.Org)
		err := emit(Of(login), At(n.At), Of("outbox"), Of(n.Channel), Of(n.Kind), Of(n.State), Value{}, Value{}, Value{}, Value{}, Value{}, Count(n.Tries), Of(n.Error), At(n.Ended))
		if err != nil {
			return err
		}
	}
	return nil
}
