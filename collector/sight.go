package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// sight is whether what only administrators of a repository are shown (deploy
// keys, branch protection) can be seen. To others GitHub shows an empty list,
// without a word about it.
type sight int

const (
	visible  sight = iota
	supposed       // it is visible if GitHub still lets the token see it afterwards
	unasked        // nobody looked yet
	hiddenHere
	hiddenEverywhere
)

// A person's rights differ from one repository to the next, and GitHub tells them
// in the answer that holds the lists. An app's are the same on all repositories,
// and an owner's only as narrow as the token: for those REST is asked, which
// refuses where GraphQL keeps silent. Rights may go while a pass is under way. So
// it is asked before the first of such answers and again after the last, and in
// between an empty list is not yet believed.

// heldAnswers is how many answers wait at most for the next probe.
const heldAnswers = 2000

// probe is what REST said, and the answers that wait for it to say so again.
type probe struct {
	turn chan struct{} // who has what is in it asks, and the others wait

	mu     sync.Mutex
	looked bool
	err    error // why the token does not see; nil: it did when it was asked last
	told   bool  // the areas have their gaps
	held   []heldAnswer
}

// take waits for the turn, and gives what was said so far.
func (p *probe) take(ctx context.Context) (looked bool, said error, err error) {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return false, nil, &stop{ctx.Err()}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.looked, p.err, nil
}

// say keeps what REST said.
func (p *probe) say(looked bool, said error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looked, p.err = looked, said
}

// heldAnswer is an answer with an empty list.
type heldAnswer struct {
	name string // of the repository
	keep func(ctx context.Context, s sight) error
}

// before tells, before details are asked for, what the token is shown of
// repositories that the account behind it does not administer. name is that of
// one of them, to look at where nobody did yet and it is to be done now.
func (r *run) before(ctx context.Context, name string, now bool) (sight, error) {
	if !r.app.Load() && !r.owner.Load() {
		return hiddenHere, nil
	}
	p := &r.probe
	looked, said, err := p.take(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { <-p.turn }()
	if !looked && !now {
		return unasked, nil
	}
	if !looked {
		said = r.look(ctx, name)
		// Where nobody knows, the next one asks again.
		looked = said == nil || errors.Is(said, github.ErrForbidden) || errors.Is(said, github.ErrNotFound)
		p.say(looked, said)
	}
	switch {
	case stopped(said) != nil:
		return 0, said
	case !looked:
		return hiddenHere, nil
	case said != nil:
		return hiddenEverywhere, nil
	}
	return supposed, nil
}

// askDetails asks for one batch, and says what the token was shown before of those
// that the account behind it does not administer. An owner's token is mostly shown
// all: it is looked at once there are some, and then these are asked for again.
func (w *repoWalk) askDetails(ctx context.Context, batch []*repository) (*detailsQuery, sight, error) {
	ids := make([]githubv4.ID, len(batch))
	for i, n := range batch {
		ids[i] = n.ID
	}
	before, err := w.r.before(ctx, value(batch[0].Name), w.r.app.Load())
	if err != nil {
		return nil, before, err
	}
	q := &detailsQuery{}
	err = w.r.query(ctx, q, map[string]any{"ids": ids})
	if before != unasked || q.administered() || stopped(err) != nil {
		return q, before, err
	}
	before, end := w.r.before(ctx, value(batch[0].Name), true)
	if end != nil || before != supposed {
		return q, before, cmp.Or(end, err)
	}
	q = &detailsQuery{}
	err = w.r.query(ctx, q, map[string]any{"ids": ids})
	return q, before, err
}

// administered reports whether the account administers all that came.
func (q *detailsQuery) administered() bool {
	for _, n := range q.Nodes {
		if n != nil && !n.ViewerCanAdminister {
			return false
		}
	}
	return true
}

// look asks REST for the keys of one of the named repositories, of another one
// where it is not found: it may have another name by now.
func (r *run) look(ctx context.Context, names ...string) error {
	var err error
	for _, name := range names[:min(len(names), mostNames)] {
		var resp, e = r.get(github.Live(ctx), fmt.Sprintf("repos/%s/%s/keys?per_page=1", r.org.Login, name), &[]struct{}{})
		if err = r.rested(resp, e); err == nil || stopped(err) != nil || errors.Is(err, github.ErrForbidden) {
			return err
		}
	}
	return err
}

// holdBack keeps an answer until it is known whether it may be believed.
func (r *run) holdBack(ctx context.Context, one heldAnswer) error {
	r.probe.mu.Lock()
	r.probe.held = append(r.probe.held, one)
	full := len(r.probe.held) >= heldAnswers
	r.probe.mu.Unlock()
	if full {
		return r.believe(ctx)
	}
	return nil
}

// believe hands on the answers that wait: as they came where the token still sees
// what it saw before them, and else as those of a token that does not.
func (r *run) believe(ctx context.Context) error {
	p := &r.probe
	p.mu.Lock()
	held := p.held
	p.held = nil
	p.mu.Unlock()
	if len(held) == 0 {
		return nil
	}
	s, err := r.judge(ctx, held)
	if err != nil {
		return err
	}
	for _, one := range held {
		if err := one.keep(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// judge asks whether the answers that wait may be believed.
func (r *run) judge(ctx context.Context, held []heldAnswer) (sight, error) {
	p := &r.probe
	looked, said, err := p.take(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { <-p.turn }()
	if said == nil {
		said = r.stillSees(ctx, held)
		p.say(looked, said)
	}
	if said != nil {
		return hiddenEverywhere, stopped(said)
	}
	return visible, nil
}

// errOwner is an account that owned the organization and does not any more.
var errOwner = fmt.Errorf("the account behind the token is no owner any more: %w", github.ErrForbidden)

// stillSees asks again. Who is no owner any more may still administer the very
// repository that is asked for.
func (r *run) stillSees(ctx context.Context, held []heldAnswer) error {
	err := r.look(ctx, held[len(held)-1].name, held[0].name, held[len(held)/2].name)
	if err != nil || r.app.Load() {
		return err
	}
	f, err := r.facts(ctx)
	if err == nil && !f.owner {
		err = errOwner
	}
	return err
}

// tellHidden notes the gaps of what the token is not shown anywhere, once.
func (r *run) tellHidden() {
	r.probe.mu.Lock()
	err, told := r.probe.err, r.probe.told
	r.probe.told = true
	r.probe.mu.Unlock()
	if told {
		return
	}
	g := gapOf(access.AreaDeployKeys, "deploy keys", err)
	r.lower(g, access.AreaDeployKeys)
	r.lower(gapOf(access.AreaRepoInvitations, "invitations to repositories", err), access.AreaRepoInvitations)
	r.lower(gap{access.Partial, "branch protection was not counted: " + g.reason, g.help}, access.AreaRepositories)
}
