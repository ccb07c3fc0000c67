package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// IssueKeeper keeps one issue of one repository: the one whose text holds its mark. It
// has a transport of its own, which lets out the reading of that repository's issues,
// the making of one where none has the mark, and the change of that one; everything
// else is a *[WriteError] and is not sent. It is safe for use by several goroutines.
type IssueKeeper struct {
	http *http.Client
	at   string // of the repository's issues
	mark string
	gate *issueGate

	mu    sync.Mutex
	known *issue // nil: it was not looked for, or something failed since
}

type issue struct {
	Number int             `json:"number"`
	Title  string          `json:"title"`
	Body   string          `json:"body"`
	State  string          `json:"state"`
	Pull   json.RawMessage `json:"pull_request"`
}

// Limits of an issue (GitHub answers 422 beyond them), in characters.
const (
	MaxIssueTitle = 256
	MaxIssueBody  = 65536
)

// maxIssuePages bounds how far a repository is searched for the issue: 10,000 issues and
// pull requests.
const maxIssuePages = 100

// NewIssueKeeper makes a keeper. Options are those of [New], with a credential of its
// own; repository is OWNER/NAME, and mark a line of text that no other issue has.
func NewIssueKeeper(o Options, repository, mark string) (*IssueKeeper, error) {
	owner, name, ok := strings.Cut(repository, "/")
	if !ok || !segment("{owner}", owner) || !segment("{repo}", name) || len(mark) < 8 {
		return nil, fmt.Errorf("keeping an issue in %q: it is no repository, or the mark is too short", repository)
	}
	if err := o.defaults(); err != nil {
		return nil, err
	}
	rest, err := url.Parse(o.APIURL)
	if err != nil {
		return nil, fmt.Errorf("keeping an issue in %s: %w", repository, err)
	}
	graphql, err := url.Parse(o.GraphQLURL)
	if err != nil {
		return nil, fmt.Errorf("keeping an issue in %s: %w", repository, err)
	}
	root := strings.TrimRight(rest.Path, "/")
	g := &issueGate{rest: rest, path: root + "/repos/" + owner + "/" + name + "/issues", mark: mark}
	transport := chain(o.Base, judge(), g.layer, whole(graphql, o.Timeout), authorize(o, rest, graphql), dated(o.Dated))
	return &IssueKeeper{
		http: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		at:   rest.Scheme + "://" + rest.Host + g.path, mark: mark, gate: g,
	}, nil
}

// Keep makes the issue say this, and be open or closed. The text must hold the mark.
// Where there is no issue yet and none has to be open, none is made; where it says all
// of it already, nothing is sent.
func (k *IssueKeeper) Keep(ctx context.Context, title, body string, open bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	err := k.keep(ctx, title, body, open)
	if err != nil { // what is there now is anybody's guess: it is looked for again
		k.known = nil
		k.gate.forget()
		return fmt.Errorf("keeping the issue: %w", err)
	}
	return nil
}

// Look finds the issue and gives its number; 0 where there is none.
func (k *IssueKeeper) Look(ctx context.Context) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.find(ctx); err != nil {
		return 0, fmt.Errorf("looking for the issue: %w", err)
	}
	return k.known.Number, nil
}

func (k *IssueKeeper) keep(ctx context.Context, title, body string, open bool) error {
	if k.known == nil {
		if err := k.find(ctx); err != nil {
			return err
		}
	}
	state := "closed"
	if open {
		state = "open"
	}
	now := *k.known
	switch {
	case now.Number == 0 && !open:
		return nil
	case now.Number == 0:
		if err := k.send(ctx, http.MethodPost, k.at, map[string]any{"title": title, "body": body}, &now); err != nil {
			return err
		}
		k.gate.found(now.Number)
	case now.Title == title && now.Body == body && now.State == state:
		return nil
	default:
		change := map[string]any{"title": title, "body": body, "state": state}
		if !open {
			change["state_reason"] = "completed"
		}
		if err := k.send(ctx, http.MethodPatch, k.at+"/"+strconv.Itoa(now.Number), change, &now); err != nil {
			return err
		}
	}
	k.known = &now
	return nil
}

// find looks through all issues for the oldest one with the mark: whoever copies it into
// another one gains nothing.
func (k *IssueKeeper) find(ctx context.Context) error {
	k.gate.forget()
	for page := 1; ; page++ {
		if page > maxIssuePages {
			return fmt.Errorf("the repository has more than %d issues and pull requests: keep it in a smaller one", maxIssuePages*100)
		}
		var all []issue
		if err := k.send(ctx, http.MethodGet, k.at+"?"+issueQuery+strconv.Itoa(page), nil, &all); err != nil {
			return err
		}
		for _, i := range all {
			if i.Pull == nil && strings.Contains(i.Body, k.mark) {
				k.known = &i
				k.gate.found(i.Number)
				return nil
			}
		}
		if len(all) < 100 {
			break
		}
	}
	k.known = &issue{}
	k.gate.found(0)
	return nil
}

// issueQuery is how issues are listed, before the number of the page.
const issueQuery = "direction=asc&per_page=100&sort=created&state=all&page="

// maxIssueList bounds a page of issues, in bytes.
const maxIssueList = 32 << 20

func (k *IssueKeeper) send(ctx context.Context, method, address string, body map[string]any, into any) error {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, in)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := k.http.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return err
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	if resp.StatusCode >= 300 {
		return fmt.Errorf("GitHub answered %d: the repository was renamed or moved, so name it anew", resp.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxIssueList+1))
	if err != nil {
		return err
	}
	if len(text) > maxIssueList {
		return fmt.Errorf("a list of issues has more than %d MiB", maxIssueList>>20)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return &BodyError{Host: req.URL.Host, What: "an issue that cannot be read", Err: err}
	}
	return nil
}

// issueGate is what leaves this machine for an issue.
type issueGate struct {
	rest *url.URL
	path string // escaped, of the repository's issues
	mark string

	mu     sync.Mutex
	known  bool // it was looked for, to the end
	number int  // of the issue; 0: there is none
}

func (g *issueGate) found(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.known, g.number = true, n
}

func (g *issueGate) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.known, g.number = false, 0
}

// layer lets nothing but the three requests pass, with the very bytes that were checked.
func (g *issueGate) layer(next http.RoundTripper) http.RoundTripper {
	return trip(func(req *http.Request) (*http.Response, error) {
		out, why := g.check(req)
		if why != "" {
			if req.Body != nil {
				_ = req.Body.Close()
			}
			return nil, &WriteError{Method: req.Method, Path: req.URL.Path, Why: why}
		}
		return next.RoundTrip(out)
	})
}

// check gives the request to send, or why none is.
func (g *issueGate) check(req *http.Request) (out *http.Request, why string) {
	for _, h := range overrides {
		if req.Header.Values(h) != nil {
			return nil, "its header " + h + " asks for another method"
		}
	}
	if !sameServer(req.URL, g.rest) {
		return nil, "it goes to another server"
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	path, query := req.URL.EscapedPath(), req.URL.RawQuery
	switch {
	case req.Method == http.MethodGet && path == g.path && isIssuePage(query) && (req.Body == nil || req.Body == http.NoBody):
		return req, ""
	case query != "" || req.URL.ForceQuery:
	case req.Method == http.MethodPost && path == g.path && g.known && g.number == 0:
		return g.text(req, "title", "body")
	case req.Method == http.MethodPatch && g.known && g.number > 0 && path == g.path+"/"+strconv.Itoa(g.number):
		return g.text(req, "title", "body", "state", "state_reason")
	}
	return nil, "it is not about the one issue that this client keeps"
}

func isIssuePage(query string) bool {
	page, ok := strings.CutPrefix(query, issueQuery)
	n, err := strconv.Atoi(page)
	return ok && err == nil && n > 0
}

// text gives a request whose body has these keys alone, all of them texts, and the mark.
func (g *issueGate) text(req *http.Request, keys ...string) (*http.Request, string) {
	raw, why := readBody(req)
	if why != "" {
		return nil, why
	}
	var in map[string]string
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, "its body is not one of texts"
	}
	for k := range in {
		if !slices.Contains(keys, k) {
			return nil, "its body sets " + printable(k, 40)
		}
	}
	if !strings.Contains(in["body"], g.mark) || in["title"] == "" {
		return nil, "its text has no mark, or no title"
	}
	return withBody(req, raw), ""
}
