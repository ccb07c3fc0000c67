package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// telling are the actions of the audit log that tell of exactly one kind of grant:
// who got it, on what, and by which way. That somebody was invited or added to
// outside collaborators gives no grant yet, and an event of a key or a gate does not
// say of which of several it is.
func telling(g access.Grant) []string {
	type way struct {
		from, to access.Kind
		by       access.Source
	}
	switch (way{g.Principal.Kind, g.Resource.Kind, g.Source}) {
	case way{access.User, access.Repo, access.Direct}:
		return []string{"repo.add_member", "repo.update_member"}
	case way{access.Team, access.Repo, access.ByTeam}:
		return []string{"team.add_repository", "team.update_repository_permission"}
	case way{access.User, access.Team, access.Direct}:
		if g.Privilege == access.Maintain {
			return []string{"team.promote_maintainer"}
		}
		return []string{"team.add_member"}
	case way{access.User, access.Org, access.Direct}:
		return []string{"org.add_member"}
	case way{access.User, access.Org, access.ByOwner}:
		return []string{"org.update_member"}
	}
	return nil
}

// logged is what the audit log told before the first snapshot of grants, by who got
// them and in the order of time. Since then the snapshots tell more.
type logged map[string][]access.Event

func (s *Store) logged(ctx context.Context, org judgedOrg) (logged, error) {
	all, err := s.Given(ctx, org.id)
	out := logged{}
	for _, e := range all {
		if e.At.IsZero() || e.At.After(org.first) || !access.Gives(e.Action) {
			continue
		}
		for _, key := range []string{userKey(e.UserID), loginKey(e.User), loginKey(e.Team)} {
			if key != "" {
				out[key] = append(out[key], e)
			}
		}
	}
	return out, err
}

func userKey(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// loginKey is for a login or a slug; the colon keeps it from being a number.
func loginKey(name string) string {
	if name == "" {
		return ""
	}
	return ":" + strings.ToLower(name)
}

// find gives the newest event that gave or raised exactly this grant.
func (l logged) find(snap *access.Snapshot, g access.Grant) (access.Event, bool) {
	actions := telling(g)
	if len(actions) == 0 || len(l) == 0 {
		return access.Event{}, false
	}
	who, on := access.Named{Ref: g.Principal, Name: snap.Name(g.Principal)}, access.Named{Ref: g.Resource, Name: snap.Name(g.Resource)}
	keys := []string{loginKey(who.Name[strings.LastIndexAny(who.Name, ":/")+1:])}
	if who.Kind == access.User {
		keys = append(keys, userKey(who.ID))
	}
	var newest access.Event
	for _, key := range keys {
		for _, e := range slices.Backward(l[key]) {
			if e.At.After(newest.At) && slices.Contains(actions, e.Action) && e.About(who, on) {
				newest = e
				break
			}
		}
	}
	return newest, !newest.At.IsZero()
}

// dateByLog dates a grant that the first snapshot showed already: by the audit log
// where that tells of this very grant, else it says that nothing tells.
func dateByLog(f *access.Finding, first time.Time, e access.Event, told bool) {
	said := fmt.Sprintf("the grant was there in the first snapshot, on %s; no snapshot says how long before", date(first))
	if told {
		f.Since = e.At
		said = fmt.Sprintf("the grant is there since %s by the audit log (%s), and was in the first snapshot, on %s", date(e.At), e.Action, date(first))
	}
	f.Evidence = append(slices.Clone(f.Evidence), said)
}
