package evidence

import (
	"context"
	"fmt"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/changes"
	"github.com/eb661601/ajar/internal/store"
)

// Base is a change of what every member can do on every repository.
type Base struct {
	Snapshot      int64 // the first that shows it
	Before, After access.Privilege
	Cause         Cause
}

// BasePermission gives the changes of the organization's base permission in the period,
// the oldest first. Where it was not seen before or after, there is no change to tell.
func (a *Account) BasePermission(ctx context.Context) ([]Base, error) {
	var out []Base
	last, open := store.Version{}, false
	err := a.g.s.Versions(ctx, access.AreaSettings, a.o.first, a.o.last, func(v store.Version) error {
		is, ok := v.Thing.(access.Settings)
		was, also := last.Thing.(access.Settings)
		if ok && also && open && last.Scope == v.Scope && was.BasePermission != is.BasePermission &&
			was.BasePermission != access.NoPrivilege && is.BasePermission != access.NoPrivilege {
			if b, known := a.base(v, was.BasePermission, is.BasePermission); known {
				out = append(out, b)
			}
		}
		last, open = v, true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking how the base permission changed: %w", err)
	}
	return out, nil
}

func (a *Account) base(v store.Version, was, is access.Privilege) (Base, bool) {
	i, ok := a.index[v.From]
	if !ok || i == 0 {
		return Base{}, false
	}
	at := place{access.AreaSettings, v.Scope}
	saw := a.o.before(at, a.all, i)
	c := settingChange{at, v.From, changes.Change{Class: "settings", Aspect: "base permission",
		Subject: access.Named{Ref: access.Ref{Kind: access.Org, ID: a.o.ID}, Name: "org:" + a.o.Login}}}
	return Base{v.From, was, is, a.cause(a.w.ofSetting(a.n, c, windowOf(saw, a.all[i])), saw)}, true
}
