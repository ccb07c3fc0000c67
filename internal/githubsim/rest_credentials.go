package githubsim

import (
	"cmp"
	"maps"
	"slices"
)

// What else can act in an organization: apps, tokens, authorized credentials,
// webhooks and secrets.
var credentialRoutes = []route{
	{template: "/orgs/{org}/installations", accepted: "organization_administration=read", handle: (*call).listInstallations},
	{template: "/orgs/{org}/personal-access-tokens", accepted: "organization_personal_access_tokens=read", handle: (*call).listTokens},
	{template: "/orgs/{org}/credential-authorizations", accepted: "organization_administration=read", handle: (*call).listCredentials},
	{template: "/orgs/{org}/hooks", accepted: "organization_hooks=read", handle: (*call).listHooks},
	{template: "/orgs/{org}/actions/secrets", accepted: "organization_secrets=read", handle: (*call).listSecrets},
}

func (c *call) listInstallations() *reply {
	o, refused := c.orgFor(orgAdmin)
	if refused != nil {
		return refused
	}
	return counted(c, "installations", o.Installations, func(i *Installation) object { return c.installationShape(o, i) })
}

// installationShape is an App on an organization.
func (c *call) installationShape(o *orgIndex, i *Installation) object {
	permissions := object{}
	for k, v := range i.Permissions {
		permissions[k] = v
	}
	at := c.base() + "/app/installations/" + number(i.ID)
	return object{
		"id": i.ID, "account": c.ownerShape(o), "app_id": i.AppID, "app_slug": i.AppSlug, "target_id": o.ID, "target_type": "Organization",
		"repository_selection": i.RepositorySelection, "permissions": permissions, "events": orEmpty(i.Events), "single_file_name": nil,
		"created_at": stamp(i.CreatedAt), "updated_at": later(i.UpdatedAt, i.CreatedAt), "suspended_at": stamp(i.SuspendedAt), "suspended_by": nil,
		"access_tokens_url": at + "/access_tokens", "repositories_url": c.base() + "/installation/repositories",
		"html_url": c.site() + "/organizations/" + o.Login + "/settings/installations/" + number(i.ID),
	}
}

// listTokens is for Apps alone; every other kind of token is refused.
func (c *call) listTokens() *reply {
	o, refused := c.orgFor("organization_personal_access_tokens:read")
	if refused != nil {
		return refused
	}
	all := slices.Clone(o.PersonalAccessTokens)
	slices.SortStableFunc(all, func(a, b *PAT) int { return b.GrantedAt.Compare(a.GrantedAt) })
	return paged(c, all, func(p *PAT) object {
		permissions := object{}
		for kind, of := range p.Permissions {
			permissions[kind] = maps.Clone(of)
		}
		return object{
			"id": p.ID, "owner": c.person(p.Owner), "repository_selection": p.RepositorySelection, "permissions": permissions,
			"repositories_url":  c.base() + "/organizations/" + number(o.ID) + "/personal-access-tokens/" + number(p.ID) + "/repositories",
			"access_granted_at": stamp(p.GrantedAt), "token_id": p.TokenID, "token_name": p.TokenName, "token_expires_at": stamp(p.ExpiresAt),
			"token_expired":      p.Expired || !p.ExpiresAt.IsZero() && p.ExpiresAt.Before(c.now),
			"token_last_used_at": stamp(p.LastUsedAt),
		}
	})
}

// listCredentials exists on the enterprise plan only.
func (c *call) listCredentials() *reply {
	o, refused := c.org()
	if refused != nil {
		return refused
	}
	if o.Plan != "enterprise" {
		return c.notFound()
	}
	if _, refused := c.orgFor(orgAdmin); refused != nil {
		return refused
	}
	login := fold(c.r.URL.Query().Get("login"))
	all := slices.DeleteFunc(slices.Clone(o.CredentialAuthorizations), func(a *Credential) bool { return login != "" && fold(a.Login) != login })
	return paged(c, all, func(a *Credential) object {
		s := object{
			"login": a.Login, "credential_id": a.ID, "credential_type": a.Type, "credential_authorized_at": stamp(a.AuthorizedAt),
			"credential_accessed_at": stamp(a.AccessedAt), "authorized_credential_expires_at": stamp(a.ExpiresAt), "authorized_credential_id": a.ID,
		}
		if a.Type == "SSH key" {
			s["fingerprint"] = a.TokenLastEight
		} else {
			s["token_last_eight"], s["scopes"] = a.TokenLastEight, orEmpty(a.Scopes)
		}
		return s
	})
}

func (c *call) listHooks() *reply {
	o, refused := c.orgFor("organization_hooks:read")
	if refused != nil {
		return refused
	}
	return paged(c, o.Webhooks, func(h *Webhook) object {
		at := c.base() + "/orgs/" + o.Login + "/hooks/" + number(h.ID)
		return object{
			"id": h.ID, "url": at, "ping_url": at + "/pings", "deliveries_url": at + "/deliveries", "name": "web", "type": "Organization",
			"events": orEmpty(h.Events), "active": h.Active, "created_at": later(h.CreatedAt, o.CreatedAt), "updated_at": later(h.CreatedAt, o.CreatedAt),
			"config": object{"url": h.URL, "content_type": "json", "insecure_ssl": map[bool]string{true: "1", false: "0"}[h.InsecureSSL]},
		}
	})
}

func (c *call) listSecrets() *reply {
	o, refused := c.orgFor("organization_secrets:read")
	if refused != nil {
		return refused
	}
	return counted(c, "secrets", o.Secrets, func(s *OrgSecret) object {
		out := object{"name": s.Name, "visibility": cmp.Or(s.Visibility, "all"), "created_at": stamp(s.CreatedAt), "updated_at": stamp(s.UpdatedAt)}
		if s.Visibility == "selected" {
			out["selected_repositories_url"] = c.base() + "/orgs/" + o.Login + "/actions/secrets/" + escaped(s.Name) + "/repositories"
		}
		return out
	})
}
