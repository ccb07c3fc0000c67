package analyzer

import (
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

var invitedStale = rule{Rule{
	ID: "repository-invitation-stale", Category: Stale, Severity: access.Low,
	Title: "An invitation to a repository waits too long",
	What: "An invitation to a repository is pending for longer than [stale] invitation, 7 days unless given, or has lapsed and is still listed. " +
		"Invitations to repositories are read once in a while ([collect] every), and judged as of then.",
	Why:      "Whoever was invited and did not come may have been the wrong account, or has left the job for which it was. The open invitation is access that waits to be taken.",
	Grading:  "Low; info where it has lapsed, since it can no longer be accepted.",
	Remedy:   "Cancel it: repository settings → Collaborators and teams.",
	Example:  "the invitation of user:ext-ann to repo:acme/api waits since 2026-02-01",
	Controls: supports("CC6.2", "A.5.16", "A.5.18", "AC-2"),
	Needs:    []access.Area{access.AreaMembers, access.AreaTeams, access.AreaTeamMembers, access.AreaRepositories, access.AreaRepoInvitations},
}, repoInvitationStale}

var invitedPrivileged = rule{Rule{
	ID: "repository-invitation-privileged", Category: Overprivileged, Severity: access.Medium,
	Title: "An invitation to a repository would give too much",
	What: "A pending invitation would let somebody who is not a member write to a repository, or would give write or more beyond what the baseline allows them there, where it manages access to repositories. " +
		"Where the baseline allows it, it is no finding. One that gives less than write is seen when it is accepted. Invitations that have lapsed are left out, and one of which GitHub does not tell whom it is for is undecided.",
	Why:      "One click of the invited account turns it into access, at a time that nobody here chooses. It is easier to take back before than after.",
	Grading:  repositoryGrading,
	Remedy:   "Cancel it, or lower its role: repository settings → Collaborators and teams. Or let the baseline allow it.",
	Example:  "the invitation of user:ext-ann to repo:acme/api would give write, the baseline allows nothing",
	Controls: supports("CC6.1", "CC6.2", "CC6.3", "A.5.15", "A.5.18", "AC-2", "AC-6"),
	Needs:    []access.Area{access.AreaMembers, access.AreaTeams, access.AreaTeamMembers, access.AreaRepositories, access.AreaRepoInvitations},
}, repoInvitationPrivileged}

// eachInvitation visits the invitations to repositories, and counts the
// repositories whose invitations are unknown.
func (c *court) eachInvitation(visit func(i access.Invite)) {
	for _, r := range c.s.Repositories {
		c.sawFor(1, access.AreaRepoInvitations, r.ID)
	}
	for _, i := range c.s.RepoInvitations {
		if c.s.Coverage.CompleteFor(access.AreaRepoInvitations, i.Repo) {
			visit(i)
		}
	}
}

// invitation starts a finding on an invitation to a repository.
func (c *court) invitation(i access.Invite, title, have, want string) access.Finding {
	ref := access.Ref{Kind: access.Invitation, ID: i.ID}
	repo := c.name(access.Ref{Kind: access.Repo, ID: i.Repo})
	whom := "user:" + i.Login
	if i.Login == "" {
		whom = "an account that is gone"
	}
	f := access.Finding{
		Principal: access.Named{Ref: ref, Name: c.s.InvitationName(i)}, Resource: repo, Affected: 1, Since: i.CreatedAt,
		Grant: &access.Grant{Principal: ref, Resource: repo.Ref, Privilege: i.Permission, Source: access.Invited},
		Title: fmt.Sprintf("the invitation of %s to %s %s", whom, repo.Name, title), Have: have, Want: want,
		Fixable: "repository settings → Collaborators and teams: cancel the invitation",
	}
	if i.Inviter != "" {
		f.Evidence = append(f.Evidence, "Sent by user:"+i.Inviter+".")
	}
	f.Evidence = append(f.Evidence, c.readEarlier(access.AreaRepoInvitations)...)
	return f
}

// readEarlier says as of when an area is known that was not read in this pass.
func (c *court) readEarlier(a access.Area) []string {
	if at := c.s.Coverage.AsOf(a, c.s.TakenAt); at.Before(c.s.TakenAt) {
		return []string{"Read on " + at.UTC().Format("2006-01-02 15:04") + " UTC, and not since."}
	}
	return nil
}

func causeOfInvitation(i access.Invite) string {
	return access.Ref{Kind: access.Invitation, ID: i.ID}.String() + ">" + access.Ref{Kind: access.Repo, ID: i.Repo}.String()
}

func repoInvitationStale(c *court) {
	limit := c.staleLimits().Invitation
	cutoff := c.asOf(access.AreaRepoInvitations).Add(-limit)
	c.eachInvitation(func(i access.Invite) {
		t := excess{}
		if !slices.Contains(c.disabled, invitedPrivileged.ID) && i.Invitee != 0 {
			t = c.tooMuch(i)
		}
		want := "accepted or cancelled within " + days(limit)
		switch {
		case i.CreatedAt.IsZero():
			c.undecide(1, "repository-invitations: when it was sent was not told")
			return
		case i.CreatedAt.After(cutoff) && !i.Expired:
			return
		case t.unknown != "": // the other rule, which says more, may be the one
			c.undecide(1, t.unknown)
			return
		case t.wrong:
			return
		}
		f := c.invitation(i, "waits since "+day(i.CreatedAt), fmt.Sprintf("pending with %s since %s", i.Permission, day(i.CreatedAt)), want)
		if i.Expired {
			f = c.invitation(i, "of "+day(i.CreatedAt)+" has lapsed and is still listed", "lapsed", "cancelled")
			f.Severity = access.Info
		}
		c.report(f, causeOfInvitation(i), need(access.AreaRepoInvitations, i.Repo))
	})
}

func repoInvitationPrivileged(c *court) {
	c.eachInvitation(func(i access.Invite) {
		if i.Invitee == 0 { // an account that is gone, or an answer that came short: what it may have, nobody knows
			c.undecide(1, "repository-invitations: whom it is for was not told")
			return
		}
		t := c.tooMuch(i)
		if t.unknown != "" {
			c.undecide(1, t.unknown)
		}
		if !t.wrong {
			return
		}
		f := c.invitation(i, fmt.Sprintf("would give %s, %s", i.Permission, t.most), i.Permission.String()+" on acceptance", "no more than the baseline allows, or read")
		f.Severity = c.repositoryWeight(i.Permission, i.Repo)
		c.report(f, causeOfInvitation(i), append(t.needs, need(access.AreaRepoInvitations, i.Repo))...)
	})
}

// excess is whether an invitation would give too much.
type excess struct {
	wrong   bool
	unknown string // why nobody can tell; "" where one can
	most    string // what it may give, in words
	needs   []access.Need
}

func (f *facts) tooMuch(i access.Invite) excess {
	managed := f.managed(baseline.RepositoryAccess)
	if i.Expired || i.Permission < access.Write || i.Invitee == 0 {
		return excess{} // an account that is gone accepts nothing
	}
	outside, known, from := f.outside(i.Invitee)
	if !known || !outside && from == access.AreaOutside { // a stranger is in no list of guests
		return excess{unknown: "repository-invitations: whether it is for a member was not seen"}
	}
	if !managed {
		return excess{wrong: outside, most: "to somebody who is no member", needs: []access.Need{need(from, 0)}}
	}
	gaps := f.membershipGaps() // a team that somebody is in may be allowed it
	if gap := gaps.of(0); gap != "" {
		return excess{unknown: gap}
	}
	if _, seen := f.s.Repository(i.Repo); !seen { // the baseline allows by its name
		return excess{unknown: "repositories: the repository of an invitation was not seen"}
	}
	a := f.mayHave(i.Invitee, i.Repo)
	most := "the baseline allows nothing"
	if a.privilege > access.None {
		most = "the baseline allows " + a.privilege.String()
	}
	return excess{wrong: a.judge(held{privilege: i.Permission}, false) == beyond, most: most, needs: append(slices.Clone(gaps.needs(0)), need(from, 0))}
}

// mayHave is what the baseline lets one person have on a repository.
func (f *facts) mayHave(user, repo int64) allowed {
	base, _ := f.b.BasePermission()
	e := newEntitlements(f, access.Admin, base)
	e.about(func(p access.Ref) entitlement { return f.onRepo(p, repo) })
	return e.user(user)
}
