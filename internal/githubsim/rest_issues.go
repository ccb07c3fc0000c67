package githubsim

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Issue is an issue of a repository, or a pull request, which GitHub lists among them.
type Issue struct {
	ID          int64     `json:"id"`
	Number      int       `json:"number"`
	Title       string    `json:"title"`
	Body        string    `json:"body,omitempty"`
	Closed      bool      `json:"closed,omitempty"`
	Reason      string    `json:"reason,omitempty"` // completed, not_planned or reopened
	PullRequest bool      `json:"pullRequest,omitempty"`
	Author      string    `json:"author,omitempty"` // login
	CreatedAt   time.Time `json:"createdAt"`
	UpdatedAt   time.Time `json:"updatedAt"`
	ClosedAt    time.Time `json:"closedAt,omitzero"`
}

var issueRoutes = []route{
	{template: "/repos/{owner}/{repo}/issues", accepted: "issues=read", handle: (*call).listIssues},
	{template: "/repos/{owner}/{repo}/issues/{issue_number}", accepted: "issues=read", handle: (*call).getIssue},
}

var issueWrites = []route{
	{method: http.MethodPost, template: "/repos/{owner}/{repo}/issues", accepted: "issues=write", write: (*call).postIssue},
	{method: http.MethodPatch, template: "/repos/{owner}/{repo}/issues/{issue_number}", accepted: "issues=write", write: (*call).patchIssue},
}

// listIssues lists open issues unless another state is asked for, the newest first
// unless direction says otherwise.
func (c *call) listIssues() *reply {
	r, refused := c.repoFor("issues:read")
	if refused != nil {
		return refused
	}
	q := c.r.URL.Query()
	var all []*Issue
	for _, i := range r.Issues {
		if state := cmp.Or(q.Get("state"), "open"); state == "all" || (state == "closed") == i.Closed {
			all = append(all, i)
		}
	}
	if q.Get("direction") != "asc" {
		slices.Reverse(all)
	}
	return paged(c, all, func(i *Issue) object { return c.issueShape(r, i) })
}

func (c *call) getIssue() *reply {
	r, refused := c.repoFor("issues:read")
	if refused != nil {
		return refused
	}
	if i := r.issue(c.params["issue_number"]); i != nil {
		return ok(c.issueShape(r, i))
	}
	return c.notFound()
}

// issue finds an issue by its number; nil where there is none.
func (r *Repo) issue(number string) *Issue {
	n, err := strconv.Atoi(number)
	at := slices.IndexFunc(r.Issues, func(i *Issue) bool { return err == nil && i.Number == n })
	if at < 0 {
		return nil
	}
	return r.Issues[at]
}

// issueToChange finds the repository of the path for somebody who may write issues.
func (c *call) issueToChange() (repoOf, fields, *reply) {
	r, refused := c.repoFor("issues:write")
	if refused == nil && r.Archived {
		refused = c.archived()
	}
	if refused != nil {
		return r, nil, refused
	}
	in, refused := c.fields()
	return r, in, refused
}

func (c *call) postIssue() effect {
	r, in, refused := c.issueToChange()
	if refused != nil {
		return no(refused)
	}
	i := &Issue{Author: c.actor(), CreatedAt: c.now.Truncate(time.Second), UpdatedAt: c.now.Truncate(time.Second)}
	if refused := c.issueText(in, i); refused != nil {
		return no(refused)
	}
	if i.Title == "" {
		return no(c.invalid("Issue", "title", "missing_field", "title is missing"))
	}
	return yes(func() *reply {
		i.ID = c.s.newID()
		for _, other := range r.Issues {
			i.Number = max(i.Number, other.Number)
		}
		i.Number++
		r.Issues = append(r.Issues, i)
		c.touch()
		s := c.issueShape(r, i)
		at, _ := s["url"].(string)
		return created(s).set("Location", at)
	})
}

// maxIssueBody is how many characters GitHub takes in the text of an issue ("body is
// too long (maximum is 65536 characters)").
const maxIssueBody = 65536

func (c *call) issueText(in fields, i *Issue) *reply {
	for key, v := range map[string]*string{"title": &i.Title, "body": &i.Body} {
		if refused := c.read(in, key, v); refused != nil {
			return refused
		}
	}
	switch {
	case len([]rune(i.Body)) > maxIssueBody:
		return c.invalid("Issue", "body", "custom", "body is too long (maximum is 65536 characters)")
	case len([]rune(i.Title)) > 256:
		return c.invalid("Issue", "title", "custom", "title is too long (maximum is 256 characters)")
	}
	return nil
}

func (c *call) patchIssue() effect {
	r, in, refused := c.issueToChange()
	if refused != nil {
		return no(refused)
	}
	i := r.issue(c.params["issue_number"])
	if i == nil {
		return no(c.notFound())
	}
	next := *i
	if refused := c.issueText(in, &next); refused != nil {
		return no(refused)
	}
	was := map[bool]string{false: "open", true: "closed"}[i.Closed]
	state, refused := c.word(in, "state", was, "open", "closed")
	if refused != nil {
		return no(refused)
	}
	if next.Reason, refused = c.word(in, "state_reason", i.Reason, "", "completed", "not_planned", "duplicate", "reopened"); refused != nil {
		return no(refused)
	}
	next.Closed = state == "closed"
	switch {
	case next.Closed && !i.Closed:
		next.ClosedAt = c.now.Truncate(time.Second)
		next.Reason = cmp.Or(next.Reason, "completed")
	case !next.Closed && i.Closed:
		next.ClosedAt, next.Reason = time.Time{}, "reopened"
	}
	next.UpdatedAt = c.now.Truncate(time.Second)
	return yes(func() *reply {
		*i = next
		c.touch()
		return ok(c.issueShape(r, i))
	})
}

// issueShape is GitHub's "issue".
func (c *call) issueShape(r repoOf, i *Issue) object {
	repo := c.base() + "/repos/" + r.org.Login + "/" + r.Name
	at := repo + "/issues/" + strconv.Itoa(i.Number)
	s := object{
		"id": i.ID, "node_id": nodeID("Issue", i.ID), "number": i.Number, "title": i.Title, "body": orNull(i.Body), "user": c.person(i.Author),
		"state": map[bool]string{false: "open", true: "closed"}[i.Closed], "state_reason": orNull(i.Reason), "locked": false, "comments": 0,
		"labels": []object{}, "assignee": nil, "assignees": []object{}, "milestone": nil, "author_association": "NONE",
		"created_at": stamp(i.CreatedAt), "updated_at": stamp(i.UpdatedAt), "closed_at": stamp(i.ClosedAt),
		"url": at, "repository_url": repo, "labels_url": at + "/labels{/name}", "comments_url": at + "/comments", "events_url": at + "/events",
		"html_url": c.site() + "/" + r.org.Login + "/" + r.Name + "/issues/" + strconv.Itoa(i.Number),
	}
	if i.PullRequest {
		pull := repo + "/pulls/" + strconv.Itoa(i.Number)
		s["pull_request"] = object{"url": pull, "html_url": pull, "diff_url": pull + ".diff", "patch_url": pull + ".patch"}
	}
	return s
}
