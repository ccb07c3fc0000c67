package analyzer

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

const personGrading = "High where the person owns the organization or can write to a repository as an outside collaborator; medium where a member can write; low elsewhere."

var stale = []rule{
	{Rule{
		ID: "member-stale", Category: Stale, Severity: access.Medium,
		Title: "A member shows no sign of life",
		What: "A member or owner whose last sign of life (audit log, contributions) is older than [stale] member, 90 days unless given. " +
			"Both must have been read back that far: the audit log forgets pushes after a week, and contributions know nothing else. Otherwise the verdict is unknown, never stale. Accounts of apps, and accounts younger than the limit, are left out.",
		Why:      "An account that nobody uses is an account that nobody watches. When it is taken over, the first to notice is the attacker.",
		Grading:  personGrading,
		Remedy:   "Ask the person or their lead; remove the membership if it is not needed: Organization settings → People.",
		Example:  "user:bob, a member, shows no sign of life since 2026-02-21 (limit 90 days)",
		Controls: supports("CC6.2", "CC6.3", "A.5.16", "A.5.18", "AC-2", "AC-2(3)", "1.3.1"),
		Needs:    []access.Area{access.AreaMembers, access.AreaAuditLog, access.AreaContributions},
	}, memberStale},
	{Rule{
		ID: "outside-collaborator-stale", Category: Stale, Severity: access.Medium,
		Title:    "An outside collaborator shows no sign of life",
		What:     "An outside collaborator whose last sign of life is older than [stale] outside_collaborator, 30 days unless given. The evidence is that of member-stale.",
		Why:      "Outside collaborators come for a task and seldom say when it is done. Nobody in the organization is their lead, so nobody takes the access back.",
		Grading:  personGrading,
		Remedy:   "Remove the person from the repositories: Organization settings → People → Outside collaborators.",
		Example:  "user:ext-ann, an outside collaborator, shows no sign of life since 2026-03-02 (limit 30 days)",
		Controls: supports("CC6.2", "CC6.3", "A.5.16", "A.5.18", "AC-2", "AC-2(3)", "1.3.1"),
		Needs:    []access.Area{access.AreaOutside, access.AreaAuditLog, access.AreaContributions},
	}, outsideStale},
	{Rule{
		ID: "deploy-key-stale", Category: Stale, Severity: access.Medium,
		Title:    "A deploy key is not used",
		What:     "A deploy key was last used, or made and never used, longer ago than [stale] deploy_key, 90 days unless given.",
		Why:      "A deploy key has no owner, no second factor and no end. Its private half lies on some machine; an unused one is a machine that nobody remembers.",
		Grading:  "Medium for a key that can write, low for one that can read.",
		Remedy:   "Remove the key: repository settings → Deploy keys. The public half is kept, so it can be put back.",
		Example:  "key:acme/api#17 (old-ci) was last used on 2026-01-04",
		Controls: supports("CC6.1", "CC6.3", "A.5.17", "A.5.18", "IA-5", "AC-2(3)"),
		Needs:    []access.Area{access.AreaRepositories, access.AreaDeployKeys},
	}, keyStale},
	{Rule{
		ID: "invitation-stale", Category: Stale, Severity: access.Low,
		Title:    "An invitation waits too long",
		What:     "An invitation to the organization is pending for longer than [stale] invitation, 7 days unless given.",
		Why:      "An open invitation is access that the next reader of that mailbox can take. Whoever still needs it can be invited again in a minute.",
		Grading:  "High for an invitation to be an owner, low for others.",
		Remedy:   "Cancel it: Organization settings → People → Invitations.",
		Example:  "the invitation of user:carol waits since 2026-02-01",
		Controls: supports("CC6.2", "A.5.16", "A.5.18", "AC-2"),
		Needs:    []access.Area{access.AreaInvitations},
	}, invitationStale},
	invitedStale,
	{Rule{
		ID: "archived-write", Category: Stale, Severity: access.Low,
		Title:    "Write access on an archived repository",
		What:     "A person or team has write or more on an archived repository, where the grant has no other finding. Owners, organization roles and the base permission are left out: they hold everywhere.",
		Why:      "Nobody can push to an archived repository, so the access serves nothing today. On the day somebody unarchives it, all of it is back at once.",
		Grading:  "Low for admin, who can unarchive it, info for less.",
		Remedy:   "Lower the grant to read, or remove it: repository settings → Collaborators and teams.",
		Example:  "team:acme/web has write on repo:acme/old-site, which is archived",
		Controls: supports("CC6.3", "A.5.18", "A.8.4", "AC-6", "AC-6(7)"),
		Needs:    []access.Area{access.AreaRepositories, access.AreaDirectGrants, access.AreaTeamGrants},
	}, archivedWrite},
}

func memberStale(c *court) {
	for _, g := range c.memberships() {
		what, w := "a member", c.personWeight(g.Principal.ID, false)
		if g.Privilege == access.Owner {
			what, w = "an owner", access.High
		}
		c.lifeless(g.Principal, what, w, c.staleLimits().Member, &g, access.AreaMembers)
	}
}

func outsideStale(c *court) {
	for _, o := range c.s.Outside {
		c.lifeless(access.Ref{Kind: access.User, ID: o.User}, "an outside collaborator", c.personWeight(o.User, true), c.staleLimits().OutsideCollaborator, nil, access.AreaOutside)
	}
}

// lifeless reports a person whose last sign of life is older than the limit, if
// the evidence reaches back that far. It takes the audit log and contributions:
// the log keeps pushes for a week only, so alone it would call somebody stale who
// pushed a month ago.
func (c *court) lifeless(who access.Ref, what string, w access.Severity, limit time.Duration, g *access.Grant, from access.Area) {
	cutoff := c.at.Add(-limit)
	if p, ok := c.s.Person(who.ID); c.machine(who.ID) || ok && p.CreatedAt.After(cutoff) || c.memberSince(who.ID).After(cutoff) {
		return
	}
	audit, contributions := lastOf(c.s.AuditActivity, who.ID), lastOf(c.s.Contributions, who.ID)
	if alive(audit.Last, cutoff) || alive(contributions.Last, cutoff) {
		return
	}
	for _, area := range []access.Area{access.AreaAuditLog, access.AreaContributions} {
		l := c.s.Coverage.Of(area)
		switch {
		case l.Status != access.Complete:
			c.undecide(1, c.why(l))
			return
		case l.Since.IsZero() || l.Since.Truncate(24*time.Hour).After(cutoff):
			c.undecide(1, fmt.Sprintf("%s: read back to %s only, the limit is %s", area, since(l.Since), days(limit)))
			return
		}
	}
	log, seen := c.s.Coverage.Of(access.AreaAuditLog), c.s.Coverage.Of(access.AreaContributions)
	last, read := newest(audit.Last, contributions.Last), newest(log.Since, seen.Since)
	n := c.name(who)
	c.report(access.Finding{
		Severity: w, Principal: n, Resource: c.org(), Grant: g, Affected: 1, Sample: []access.Named{n},
		Title: fmt.Sprintf("%s, %s, shows no sign of life %s (limit %s)", n.Name, what, c.silence(last, read), days(limit)),
		Have:  "no sign of life since " + day(newest(last, read)),
		Want:  "a sign of life within " + days(limit), Evidence: []string{auditLine(audit, log), contributionLine(contributions, seen)},
	}, who.String(), need(from, 0), need(access.AreaAuditLog, 0), need(access.AreaContributions, 0))
}

// silence says since when there is no sign of life: since the last one, or in all
// that both sources were read back to. That begins a day later each day, and is told
// by its length, so that the title of a finding stays the same.
func (c *court) silence(last, read time.Time) string {
	if last.Before(read) {
		return "in the " + days(c.at.Sub(read)) + " that were read"
	}
	return "since " + day(last)
}

func auditLine(a access.Activity, log access.Cover) string {
	last := "holds nothing of this person"
	if !a.Last.IsZero() {
		last = fmt.Sprintf("last shows %q on %s", a.What, day(a.Last))
	}
	return fmt.Sprintf("The audit log, read back to %s, %s; it keeps Git events for 7 days only.", day(log.Since), last)
}

func contributionLine(a access.Activity, seen access.Cover) string {
	const caveat = "clones, and private work that the person hides, do not count as one."
	if !a.Last.IsZero() {
		return fmt.Sprintf("The last contribution (%s) is of %s; %s", a.What, day(a.Last), caveat)
	}
	return fmt.Sprintf("No contribution since %s; %s", day(seen.Since), caveat)
}

func since(t time.Time) string {
	if t.IsZero() {
		return "an unknown day"
	}
	return day(t)
}

// alive reports whether a sign of that day is within the limit. Signs are known
// by the day, so the whole day counts.
func alive(last, cutoff time.Time) bool {
	return !last.IsZero() && last.Add(24*time.Hour).After(cutoff)
}

// lastOf finds the newest sign of somebody in one area of evidence.
func lastOf(signs []access.Activity, user int64) access.Activity {
	i, ok := slices.BinarySearchFunc(signs, user, func(a access.Activity, u int64) int { return cmp.Compare(a.User, u) })
	if !ok {
		return access.Activity{User: user}
	}
	return signs[i]
}

func newest(times ...time.Time) time.Time {
	var n time.Time
	for _, t := range times {
		if t.After(n) {
			n = t
		}
	}
	return n
}

func keyStale(c *court) {
	limit := c.staleLimits().DeployKey
	cutoff := c.asOf(access.AreaDeployKeys).Add(-limit) // a key may have been used since its last use was read
	for _, r := range c.s.Repositories {
		c.sawFor(max(r.DeployKeys, 0), access.AreaDeployKeys, r.ID)
	}
	for _, k := range c.s.DeployKeys {
		last, what := k.LastUsed, "was last used on "
		if last.IsZero() {
			last, what = k.CreatedAt, "was never used since it was made on "
		}
		if !c.s.Coverage.CompleteFor(access.AreaDeployKeys, k.Repo) {
			continue // counted above
		}
		if last.IsZero() {
			c.undecide(1, "deploy-keys: neither last use nor creation was told")
			continue
		}
		if alive(last, cutoff) {
			continue
		}
		w, can := access.Low, "read"
		if !k.ReadOnly {
			w, can = access.Medium, "write"
		}
		ref := access.Ref{Kind: access.Key, ID: k.ID}
		n, repo := c.name(ref), c.name(access.Ref{Kind: access.Repo, ID: k.Repo})
		c.report(access.Finding{
			Severity: w, Principal: n, Resource: repo, Grant: c.grantOf(ref, repo.Ref),
			Title: fmt.Sprintf("%s (%s) %s%s", n.Name, k.Title, what, day(last)),
			Have:  fmt.Sprintf("can %s, %s%s", can, what, day(last)), Want: "use within " + days(limit),
			Evidence: append([]string{"GitHub tells the day of the last use of each deploy key."}, c.readEarlier(access.AreaDeployKeys)...),
		}, ref.String(), need(access.AreaDeployKeys, k.Repo))
	}
}

// grantOf finds the grant of a principal on a resource; nil where there is none.
func (c *court) grantOf(principal, resource access.Ref) *access.Grant {
	for _, g := range c.s.GrantsOn(resource) {
		if g.Principal == principal {
			return &g
		}
	}
	return nil
}

func invitationStale(c *court) {
	limit := c.staleLimits().Invitation
	c.saw(1, access.AreaInvitations)
	for _, i := range c.s.Invitations {
		if i.CreatedAt.IsZero() {
			c.undecide(1, "invitations: when it was sent was not told")
			continue
		}
		if i.CreatedAt.After(c.at.Add(-limit)) {
			continue
		}
		ref := access.Ref{Kind: access.Invitation, ID: i.ID}
		w, whom := access.Low, "user:"+i.Login
		if i.Role == "admin" {
			w = access.High
		}
		if i.Login == "" {
			whom = "an e-mail address"
		}
		f := access.Finding{
			Severity: w, Principal: c.name(ref), Resource: c.org(), Grant: c.grantOf(ref, c.org().Ref), Affected: 1,
			Title: fmt.Sprintf("the invitation of %s waits since %s", whom, day(i.CreatedAt)),
			Have:  fmt.Sprintf("pending as %s since %s", i.Role, day(i.CreatedAt)), Want: "accepted or cancelled within " + days(limit),
		}
		if i.Inviter != "" {
			f.Evidence = []string{"Sent by user:" + i.Inviter + "."}
		}
		c.report(f, ref.String(), need(access.AreaInvitations, 0))
	}
}

func archivedWrite(c *court) {
	for _, g := range c.s.Grants {
		if !onRepository(g) || g.Privilege < access.Write {
			continue
		}
		r, ok := c.s.Repository(g.Resource.ID)
		if !ok || !r.Archived || c.accusedOf(g) {
			continue
		}
		w := access.Info
		if g.Privilege == access.Admin {
			w = access.Low
		}
		who, repo, role := c.name(g.Principal), c.name(g.Resource), c.s.RoleName(g)
		cause := g // g itself would be made anew for each grant
		f := access.Finding{
			Severity: w, Principal: who, Resource: repo, Grant: &cause,
			Title: fmt.Sprintf("%s has %s on %s, which is archived", who.Name, role, repo.Name), Have: role, Want: "read or nothing",
		}
		c.reached(&f, g)
		c.report(f, causeOf(g), grantNeed(g), need(access.AreaRepositories, 0))
	}
}
