package act

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/eb661601/ajar/remediate"
)

const keysRoute = "/repos/{owner}/{repo}/keys"

type deployKey struct {
	ID       int64   `json:"id"`
	Title    *string `json:"title"`
	Key      *string `json:"key"`
	ReadOnly *bool   `json:"read_only"`
}

// readKey reads a deploy key. GitHub takes each key once in the world and changes
// none in place, so what a key is, is its material: one that was replaced is the
// same key under another number.
func (h *Hands) readKey(ctx context.Context, l *Live) error {
	c := l.Change
	rows, err := list(ctx, h, path("repos", c.Org.Name, c.Repo.Name, "keys"), func(k deployKey) int64 { return k.ID })
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, s := range []remediate.State{c.Before, c.After} {
		if s.Key != nil {
			known[material(s.Key.Public)] = true
		}
	}
	for _, k := range rows {
		if k.Title == nil || k.Key == nil || k.ReadOnly == nil {
			return errors.New("GitHub did not tell all of a key")
		}
		same := known[material(*k.Key)]
		switch {
		case k.ID == c.Key.ID && !same:
			return errors.New("the number stands for another key than the planned one")
		case same:
			l.Change.Key.ID = k.ID
			l.State = remediate.State{There: true, Key: &remediate.KeyState{Title: *k.Title, Public: *k.Key, ReadOnly: *k.ReadOnly}}
			for _, s := range []*remediate.State{&l.Change.Before, &l.Change.After} {
				s.Key = respelled(s.Key, *k.Key)
			}
			return nil
		}
	}
	return nil
}

// material is what a public key consists of, without the comment behind it.
func material(public string) string {
	f := strings.Fields(public)
	return strings.Join(f[:min(len(f), 2)], " ")
}

// respelled is a key in the spelling in which GitHub tells it, so that a comment
// makes no difference.
func respelled(k *remediate.KeyState, public string) *remediate.KeyState {
	if k == nil || material(k.Public) != material(public) {
		return k
	}
	one := *k
	one.Public = public
	return &one
}

// keySteps delete a key, or add one again. To replace one, it is deleted first,
// since GitHub takes no key twice: in between nobody comes in with it.
func keySteps(c remediate.Change, now remediate.State) ([]Step, error) {
	remove := Step{Method: http.MethodDelete, Route: keysRoute + "/{key_id}", Repeatable: true,
		Path: path("repos", c.Org.Name, c.Repo.Name, "keys", strconv.FormatInt(c.Key.ID, 10))}
	if !c.After.There {
		return []Step{remove}, nil
	}
	k := c.After.Key
	if k == nil || k.Public == "" {
		return nil, errors.New("the public half of the key is not known")
	}
	add := Step{Method: http.MethodPost, Route: keysRoute, Path: path("repos", c.Org.Name, c.Repo.Name, "keys"),
		Body: body(map[string]any{"title": k.Title, "key": k.Public, "read_only": k.ReadOnly})}
	if now.There {
		return []Step{remove, add}, nil
	}
	return []Step{add}, nil
}
