package githubsim

import "fmt"

// Accept is what somebody does who was invited, to the organization or to a
// repository of it. Whoever is reinstated gets back what they had, as far as it
// is still there. An invitation to a mail address takes the login of who accepts.
func (w *World) Accept(org string, invitation int64, login string) error {
	for _, o := range w.Orgs {
		if fold(o.Login) != fold(org) {
			continue
		}
		for at, i := range o.Invitations {
			if i.ID == invitation {
				o.Invitations = append(o.Invitations[:at:at], o.Invitations[at+1:]...)
				return o.join(i, login)
			}
		}
		for _, r := range o.Repos {
			for at, i := range r.Invitations {
				if i.ID == invitation {
					r.Invitations = append(r.Invitations[:at:at], r.Invitations[at+1:]...)
					r.grant(i.Login, i.Permission)
					return nil
				}
			}
		}
	}
	return fmt.Errorf("accepting invitation %d to %s: there is none", invitation, org)
}

// join makes a member of whoever was invited.
func (o *Org) join(i *OrgInvitation, login string) error {
	if i.Login != "" {
		login = i.Login
	}
	role := map[string]string{"admin": "admin", "direct_member": "member"}[i.Role]
	if login == "" || role == "" {
		return fmt.Errorf("accepting invitation %d to %s: nobody becomes a member by it", i.ID, o.Login)
	}
	m := &Member{Login: login, Role: role}
	o.Members = append(o.Members, m)
	for _, t := range o.Teams {
		for _, slug := range i.Teams {
			if fold(t.Slug) == fold(slug) {
				t.join(login, "member")
			}
		}
	}
	for at, f := range o.FormerMembers {
		if fold(f.Login) == fold(login) {
			o.FormerMembers = append(o.FormerMembers[:at:at], o.FormerMembers[at+1:]...)
			if i.Reinstates {
				o.reinstate(m, f)
			}
			break
		}
	}
	return nil
}

// reinstate gives a member back what they had.
func (o *Org) reinstate(m *Member, f *FormerMember) {
	m.TwoFactor = f.TwoFactor
	for _, t := range o.Teams {
		for _, g := range f.Teams {
			if fold(t.Slug) == fold(g.Name) {
				t.join(m.Login, g.Role)
			}
		}
	}
	for _, r := range o.Repos {
		for _, g := range f.Collaborators {
			if fold(r.Name) == fold(g.Name) {
				r.grant(m.Login, g.Role)
			}
		}
		for _, name := range f.Forks {
			if fold(r.Name) == fold(name) {
				r.Forks = append(r.Forks, m.Login)
			}
		}
	}
}

// join adds somebody to a team, or changes what they are in it.
func (t *Team) join(login, role string) {
	if m := t.membership(login); m != nil {
		m.Role = role
		return
	}
	t.Members = append(t.Members, &TeamMember{Login: login, Role: role})
}

// grant gives somebody a permission by name, in place of the one they have.
func (r *Repo) grant(login, permission string) {
	if g := r.collaborator(login); g != nil {
		g.Permission = permission
		return
	}
	r.Collaborators = append(r.Collaborators, &Collaborator{Login: login, Permission: permission})
}
