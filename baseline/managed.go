package baseline

import "github.com/eb661601/ajar/access"

// Managed reports whether the baseline manages the class in the snapshot's
// organization: it has an entry for it there, or [organization.X] manage names
// it. Owners, members and outside collaborators are managed by their lists.
func (b *Bound) Managed(c Class) bool {
	if b == nil { // no baseline manages nothing
		return false
	}
	_, ok := b.managed[c]
	return ok
}

func (d *binder) claimed(c Class, at Position) {
	if _, ok := d.out.managed[c]; !ok {
		d.out.managed[c] = at
	}
}

// claim notes which classes an assignment speaks of.
func (d *binder) claim(a Assignment, r Role, e entry) {
	if e.repos != nil && (r.Privilege != access.NoPrivilege || r.CustomRole != "") {
		d.claimed(RepositoryAccess, a.Position)
	}
	if (e.repos != nil || e.envs != nil) && len(r.Environments) > 0 {
		d.claimed(Environments, a.Position)
	}
	if e.org && r.Organization != "" && r.Organization != "owner" {
		d.claimed(OrganizationRoles, a.Position)
	}
	for _, p := range a.To {
		switch p.Kind {
		case access.Key:
			if p.of(d.names.org) {
				d.claimed(Keys, a.Position)
			}
		case access.App:
			d.claimed(Apps, a.Position)
		}
	}
}

// manage notes the classes of everything that is no assignment.
func (d *binder) manage() {
	o := d.out.org
	for _, c := range o.Manage {
		d.claimed(c, o.Position)
	}
	if o.Owners != nil {
		d.claimed(Owners, o.Position)
	}
	if o.Members != nil {
		d.claimed(Members, o.Position)
	}
	if o.Outside != nil {
		d.claimed(OutsideCollaborators, o.Position)
	}
	for _, r := range d.b.Environments {
		if len(d.ours(r.Match)) > 0 {
			d.claimed(Environments, r.Position)
		}
	}
	for _, a := range d.b.Apps {
		if a.Organization == "" || compareFold(a.Organization, d.names.org) == 0 {
			d.claimed(Apps, a.Position)
		}
	}
	for _, t := range d.b.Tokens {
		if len(d.ours(t.Match)) > 0 {
			d.claimed(Tokens, t.Position)
		}
	}
	for _, w := range d.b.Webhooks {
		if len(d.ours(w.On)) > 0 {
			d.claimed(Webhooks, w.Position)
		}
	}
	for _, y := range d.b.Bypasses {
		if len(d.ours(y.On)) > 0 {
			d.claimed(BypassActors, y.Position)
		}
	}
}

// Knows reports whether any entry for this organization mentions the principal,
// whatever it gives and whether or not it is in force.
func (b *Bound) Knows(p access.Ref) bool {
	return b.known[p] || len(b.anybody[p.Kind]) > 0
}

// Owner reports whether [organization.X] owners lists the person.
func (b *Bound) Owner(user int64) bool { return b.owners[user] }

// Member reports whether the person may be a member: listed, an owner, or
// members = "any". It says nothing where the class is not managed.
func (b *Bound) Member(user int64) bool { return b.org.AnyMember || b.members[user] }

// Outside reports whether the person may be an outside collaborator: listed, or
// outside_collaborators = "any". It says nothing where the class is not managed.
func (b *Bound) Outside(user int64) bool { return b.org.AnyOutside || b.outside[user] }

// BasePermission gives the base permission that the organization must have; it
// entitles every member to it on every repository.
func (b *Bound) BasePermission() (access.Privilege, bool) {
	p := b.org.Rules.BasePermission
	return p, p != access.NoPrivilege
}

// Organization gives the settings that the organization must have.
func (b *Bound) Organization() OrgRules { return b.org.Rules }

// Stale gives the limits of staleness.
func (b *Bound) Stale() StaleLimits { return b.b.StaleLimits }

// Privileged reports whether standing use of the privilege needs an acceptance.
// Whether an environment has a rule of its own is for [Bound.Environment] to say.
func (b *Bound) Privileged(p access.Privilege) bool { return b.b.privileged(p) }

// Hash is the hash of the baseline behind it.
func (b *Bound) Hash() string { return b.b.Hash() }

// Managing gives the classes that are managed, in the order of [Classes].
func (b *Bound) Managing() []Class {
	var out []Class
	for _, c := range Classes {
		if b.Managed(c) {
			out = append(out, c)
		}
	}
	return out
}
