package collector

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// sight is whether what only administrators of a repository are shown (deploy
// keys, branch protection) can be seen. To others GitHub shows an empty list,
// without a word about it.
type sight int

const (
	visible sight = iota
	hiddenHere
	hiddenEverywhere
)

// probe is one REST call, made once: REST refuses where GraphQL keeps silent.
type probe struct {
	mu   sync.Mutex
	done bool
	sees bool
}

// sight tells what can be seen of one repository. A person's rights differ from
// one repository to the next, and GitHub tells them. An app's are the same on
// all of them, and an owner's only as narrow as the token: those are probed.
func (r *run) sight(ctx context.Context, n *repositoryNode) (sight, error) {
	if n.ViewerCanAdminister {
		return visible, nil
	}
	if !r.app.Load() && !r.owner.Load() {
		return hiddenHere, nil
	}
	r.probe.mu.Lock()
	defer r.probe.mu.Unlock()
	if !r.probe.done {
		resp, err := r.get(ctx, fmt.Sprintf("repos/%s/%s/keys?per_page=1", r.org.Login, value(n.Name)), &[]struct{}{})
		err = r.weigh(err)
		switch {
		case stopped(err) != nil:
			return 0, err
		case err != nil && !errors.Is(err, github.ErrForbidden) && !errors.Is(err, github.ErrNotFound):
			return hiddenHere, nil // nobody knows; the next one asks again
		}
		r.probe.done, r.probe.sees = true, err == nil && resp != nil
		if !r.probe.sees {
			g := gapOf(access.AreaDeployKeys, "deploy keys", err)
			r.lower(g, access.AreaDeployKeys)
			r.lower(gapOf(access.AreaRepoInvitations, "invitations to repositories", err), access.AreaRepoInvitations)
			r.lower(gap{access.Partial, "branch protection was not counted: " + g.reason, g.help}, access.AreaRepositories)
		}
	}
	if r.probe.sees {
		return visible, nil
	}
	return hiddenEverywhere, nil
}
