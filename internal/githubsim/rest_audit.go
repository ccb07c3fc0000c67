package githubsim

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// How long the audit log keeps events, and how far a search without dates looks
// back (GitHub Docs: "Reviewing the audit log for your organization").
const (
	auditLife    = 180 * 24 * time.Hour
	gitLife      = 7 * 24 * time.Hour
	auditDefault = 90 * 24 * time.Hour
)

// getAuditLog searches the audit log, which the enterprise plan has.
func (c *call) getAuditLog() *reply {
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
	q := c.r.URL.Query()
	search, err := readPhrase(q.Get("phrase"))
	if err != nil {
		return c.failure(http.StatusUnprocessableEntity, "Validation Failed: "+err.Error())
	}
	include := cmp.Or(q.Get("include"), "web")
	var found []*AuditEvent
	for _, e := range o.AuditLog {
		git := strings.HasPrefix(e.Action, "git.")
		age := c.now.Sub(e.CreatedAt)
		switch {
		case include == "web" && git, include == "git" && !git:
		case age > auditLife, git && age > gitLife, !search.dated && age > auditDefault:
		case search.fits(o, e):
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b *AuditEvent) int { return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID)) })
	if q.Get("order") != "asc" {
		slices.Reverse(found)
	}
	return c.auditPage(o, found)
}

// auditPage cuts the page behind (or before) the cursor that was given.
func (c *call) auditPage(o *orgIndex, found []*AuditEvent) *reply {
	q, size := c.r.URL.Query(), c.perPage()
	from, to := 0, min(size, len(found))
	if after := q.Get("after"); after != "" {
		at, ok := place(found, after)
		if !ok {
			return c.failure(http.StatusUnprocessableEntity, "The cursor is not valid.")
		}
		from, to = at+1, min(at+1+size, len(found))
	} else if before := q.Get("before"); before != "" {
		at, ok := place(found, before)
		if !ok {
			return c.failure(http.StatusUnprocessableEntity, "The cursor is not valid.")
		}
		from, to = max(0, at-size), at
	}
	part := found[from:to]
	var links []string
	if len(part) > 0 && to < len(found) {
		links = append(links, fmt.Sprintf(`<%s>; rel="next"`, c.linkTo("after", cursor(part[len(part)-1]), "before")))
	}
	if len(part) > 0 && from > 0 {
		links = append(links, fmt.Sprintf(`<%s>; rel="first"`, c.linkTo("after", "", "before")),
			fmt.Sprintf(`<%s>; rel="prev"`, c.linkTo("before", cursor(part[0]), "after")))
	}
	return withLink(ok(shapes(part, func(e *AuditEvent) object { return c.auditShape(o, e) })), strings.Join(links, ", "))
}

// cursor marks the place of an event.
func cursor(e *AuditEvent) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%d|%s", e.CreatedAt.UnixMilli(), e.ID))
}

// place finds the event that a cursor marks.
func place(all []*AuditEvent, mark string) (int, bool) {
	at := slices.IndexFunc(all, func(e *AuditEvent) bool { return cursor(e) == mark })
	return at, at >= 0
}

func (c *call) auditShape(o *orgIndex, e *AuditEvent) object {
	at := e.CreatedAt.UnixMilli()
	s := object{}
	maps.Copy(s, e.Extra)
	maps.Copy(s, object{"@timestamp": at, "created_at": at, "_document_id": e.ID, "action": e.Action, "org": o.Login, "org_id": o.ID,
		"operation_type": operation(e.Action)})
	who := func(login, key, id string) {
		if login == "" {
			return
		}
		s[key] = login
		if u := c.x.user(login); u != nil {
			s[id] = u.ID
		}
	}
	who(e.Actor, "actor", "actor_id")
	who(e.User, "user", "user_id")
	if e.Repo != "" {
		s["repo"] = o.Login + "/" + e.Repo
		if r := o.repo(e.Repo); r != nil {
			s["repo_id"], s["visibility"] = r.ID, r.Visibility
		}
	}
	if e.Team != "" {
		s["team"] = o.Login + "/" + e.Team
	}
	if e.Environment != "" {
		s["environment_name"] = e.Environment
	}
	if e.DeployKey != "" {
		s["title"] = e.DeployKey
	}
	return s
}

// operation is the kind of change that an action is.
func operation(action string) string {
	_, verb, _ := strings.Cut(action, ".")
	verb, _, _ = strings.Cut(verb, "_")
	switch verb {
	case "create", "add", "invite", "assign":
		return "create"
	case "remove", "destroy", "delete", "revoke", "cancel":
		return "remove"
	case "push", "clone", "fetch":
		return "access"
	}
	return "modify"
}
