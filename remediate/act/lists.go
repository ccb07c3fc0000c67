package act

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/internal/github"
)

// rounds is how often a list is read until two readings agree: pages shift when
// rows come and go meanwhile.
const rounds = 4

// mostPages bounds a list. One that is longer is an error, never a shorter list.
const mostPages = 1000

// list reads a list to its end. key tells rows apart; a row without one is an
// error. A list of several pages is read until two readings give the same rows.
func list[R any](ctx context.Context, h *Hands, address string, key func(R) int64) ([]R, error) {
	var last []R
	for range rounds {
		rows, pages, err := listOnce(ctx, h, address, key)
		if err != nil {
			return nil, err
		}
		if pages == 1 || last != nil && sameRows(last, rows, key) {
			return rows, nil
		}
		last = rows
	}
	return nil, fmt.Errorf("reading %s: the list never comes out the same twice", address)
}

func sameRows[R any](a, b []R, key func(R) int64) bool {
	ids := map[int64]bool{}
	for _, r := range a {
		ids[key(r)] = true
	}
	for _, r := range b {
		if !ids[key(r)] {
			return false
		}
	}
	return len(a) == len(b)
}

func listOnce[R any](ctx context.Context, h *Hands, address string, key func(R) int64) (rows []R, pages int, err error) {
	seen := map[int64]bool{}
	for page := 1; page <= mostPages; page++ {
		var got []R
		resp, err := h.get(ctx, fmt.Sprintf("%s%cper_page=100&page=%d", address, joiner(address), page), &got)
		if err != nil {
			return nil, 0, err
		}
		for _, r := range got {
			id := key(r)
			if id == 0 {
				return nil, 0, fmt.Errorf("reading %s: a row came without its number", address)
			}
			if !seen[id] {
				seen[id] = true
				rows = append(rows, r)
			}
		}
		next := github.NextLink(resp.Header.Get("Link"))
		if next == "" {
			return rows, page, nil
		}
		if len(got) == 0 {
			return nil, 0, fmt.Errorf("reading %s: an empty page that is not the last", address)
		}
	}
	return nil, 0, fmt.Errorf("reading %s: there is no end to the list", address)
}

func joiner(address string) rune {
	if strings.Contains(address, "?") {
		return '&'
	}
	return '?'
}

// get asks for one address by REST, below the root of the API.
func (h *Hands) get(ctx context.Context, address string, into any) (*gh.Response, error) {
	return h.getAs(ctx, address, "", into)
}

// getAs asks for a representation of its own.
func (h *Hands) getAs(ctx context.Context, address, accept string, into any) (*gh.Response, error) {
	rest := h.o.Read.REST()
	req, err := rest.NewRequest(ctx, http.MethodGet, strings.TrimPrefix(address, "/"), nil)
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", address, err)
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	resp, err := rest.Do(req, into)
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", address, err)
	}
	if left := github.Partial(resp.Header.Get("X-GitHub-SSO")); left != nil {
		return nil, fmt.Errorf("asking for %s: %w", address, left)
	}
	return resp, nil
}

// absent reports whether an error only says that something is not there.
func absent(err error) bool { return errors.Is(err, github.ErrNotFound) }
