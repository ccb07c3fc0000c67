package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/witness"
)

// cast are who takes part in an organization.
type cast struct{ org, me, approver, protected string }

// readWorld reads the largest organization of a world file, as of now; without one it
// is invented.
func readWorld(path string, now time.Time) (*githubsim.World, error) {
	if path == "" {
		return githubsim.Generate(githubsim.Size{Repositories: 60, Members: 80, Teams: 12}, githubsim.GenOptions{Seed: 7, Now: now}), nil
	}
	w, err := githubsim.LoadFile(path)
	if err != nil {
		return nil, err
	}
	if len(w.Orgs) == 0 {
		return nil, fmt.Errorf("world %s has no organization", path)
	}
	w.ShiftTo(now)
	largest := slices.MaxFunc(w.Orgs, func(a, b *githubsim.Org) int { return len(a.Members) - len(b.Members) })
	w.Orgs = []*githubsim.Org{largest}
	return w, nil
}

// castOf finds people for the parts.
func castOf(w *githubsim.World) (cast, error) {
	boss := witness.Owners(w.Orgs[0])
	if len(boss) < 3 {
		return cast{}, fmt.Errorf("%s has %d owners: three take part", w.Orgs[0].Login, len(boss))
	}
	return cast{w.Orgs[0].Login, boss[0], boss[1], boss[2]}, nil
}

// sentence describes the organization.
func sentence(w *githubsim.World) string {
	o := w.Orgs[0]
	return fmt.Sprintf("%s (%d people, %d repositories)", o.Login, len(o.Members), len(o.Repos))
}
