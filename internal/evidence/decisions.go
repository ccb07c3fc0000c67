package evidence

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"time"

	"github.com/eb661601/ajar/internal/journal"
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
				return emit(JournalRow(login, e)...)
			})
		})
}

// JournalRow is the row that an entry has in the table journal; login is of its
// organization.
func JournalRow(login string, e journal.Entry) []Value {
	sum := e.Sum()
	return []Value{Of(login), Count(e.Seq), At(e.At), Count(e.Epoch), Of(string(e.Kind)), Of(e.Plan), Of(e.Run), Of(e.Action), Of(e.Who),
		Of(hex.EncodeToString(sum[:])), Is(e.Body == nil)}
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
