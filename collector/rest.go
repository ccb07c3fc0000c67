package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/internal/decode"
	"github.com/eb661601/ajar/internal/github"
)

// errLoop is a REST list whose pages do not go on.
var errLoop = errors.New("the pages go in circles")

// errNext is a REST list that goes on where nobody can tell.
var errNext = errors.New("there is a next page that names neither a page nor a cursor")

// perPage is how many rows a page of a REST list has at most.
const perPage = 100

// mostPages is how many pages a REST list may have: twice of what all repositories
// fill that GitHub allows an organization. What goes on behind that has no end.
const mostPages = 2000

// errEndless is a REST list that has more pages than any list has.
var errEndless = fmt.Errorf("it has more than %d pages", mostPages)

// pages walks a REST list, perPage rows a page. get asks for one page and says how
// many rows came, and how many different ones there are by now; what it does with
// them must bear a row that comes twice. A full page without a next one may have
// lost its Link header: the next page is asked for, and found empty where the list
// did end. A page of rows that came before leads nowhere.
func (r *run) pages(get func(page int) (rows, distinct int, resp *gh.Response, err error)) error {
	for page, had := 1, -1; ; {
		rows, distinct, resp, err := get(page)
		if err := r.rested(resp, err); err != nil {
			return err
		}
		next := resp.NextPage
		if next == 0 && rows == perPage {
			next = page + 1
		}
		switch {
		case next == 0:
			return nil
		case next <= page || rows == 0 || distinct <= had:
			return errLoop
		case next > mostPages:
			return errEndless
		}
		page, had = next, distinct
	}
}

// errUnsteady is a list that states no length and is another one each time.
var errUnsteady = errors.New("it states no length, and lists something else each time it is read")

// agreed reads a list that states no length until two readings in a row name the
// same rows: nothing else shows that a row was skipped, because the list moved
// under the pages or a page came short. What walk does with a row must bear that
// the row comes again.
func agreed[K comparable](walk func() (map[K]struct{}, error)) error {
	last, err := walk()
	if err != nil {
		return err
	}
	return agreedWith(last, walk)
}

// agreedWith is agreed, where the list was read once.
func agreedWith[K comparable](last map[K]struct{}, walk func() (map[K]struct{}, error)) error {
	for range 2 {
		now, err := walk()
		if err != nil {
			return err
		}
		if maps.Equal(last, now) {
			return nil
		}
		last = now
	}
	return errUnsteady
}

// counted reads a list that states its length: once where it fits a page, and else
// until two readings in a row name the same rows. Between two pages one row may go
// and another one come, and the numbers agree all the same.
func counted[K comparable](walk func() (map[K]struct{}, error)) error {
	once, err := walk()
	if err != nil || len(once) <= perPage {
		return err
	}
	return agreedWith(once, walk)
}

// rested weighs the outcome of a REST call; an answer that single sign-on has
// shortened is no answer.
func (r *run) rested(resp *gh.Response, err error) error {
	if err := r.weigh(err); err != nil {
		return err
	}
	if github.NextLink(resp.Header.Get("Link")) != "" && resp.NextPage == 0 && resp.After == "" {
		return errNext // and not the end of the list
	}
	if p := github.Partial(resp.Header.Get("X-GitHub-SSO")); p != nil {
		return p
	}
	return nil
}

// errNull is a REST list with a row that is null, or that has no number of its own.
var errNull = errors.New("a row came as null, or without an id")

// errNoPerson is a list of people with a row that is none: it may be a list of
// something else.
var errNoPerson = errors.New("a row is no person: it has no id or no login")

// errNoCount is an answer that is no list of GitHub's: those say how long they
// are.
var errNoCount = errors.New("the answer holds no total_count")

// copies are buffers for bodies between the client and what reads them.
var copies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// get asks for a path by REST, decoding only what out has fields for; out must be
// zero.
func (r *run) get(ctx context.Context, path string, out any) (*gh.Response, error) {
	return r.raw(ctx, path, func(body []byte) error { return decode.Into(body, out) })
}

// raw asks for a path by REST and has the body read, which must not be kept.
func (r *run) raw(ctx context.Context, path string, read func(body []byte) error) (*gh.Response, error) {
	req, err := r.c.REST().NewRequest(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", path, err)
	}
	body := copies.Get().(*bytes.Buffer) // go-github copies an answer into a Writer as it came
	defer copies.Put(body)
	body.Reset()
	resp, err := r.c.REST().Do(req, body)
	if err == nil && body.Len() > 0 {
		err = read(body.Bytes())
	}
	return resp, err
}
