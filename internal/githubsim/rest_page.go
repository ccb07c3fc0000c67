package githubsim

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// GitHub's page sizes.
const (
	defaultPage = 30
	largestPage = 100
)

// perPage is the page size that the caller asked for, as GitHub bends it.
func (c *call) perPage() int {
	n, err := strconv.Atoi(c.r.URL.Query().Get("per_page"))
	if err != nil || n < 1 {
		return defaultPage
	}
	return min(n, largestPage)
}

// pageOf cuts the page that was asked for out of all and gives it with the Link
// header that leads on. A page past the end is empty.
func pageOf[T any](c *call, all []T) ([]T, string) {
	size := c.perPage()
	n, err := strconv.Atoi(c.r.URL.Query().Get("page"))
	if err != nil || n < 1 {
		n = 1
	}
	last := max(1, (len(all)+size-1)/size)
	var links []string
	link := func(rel string, to int) {
		links = append(links, fmt.Sprintf(`<%s>; rel="%s"`, c.linkTo("page", strconv.Itoa(to)), rel))
	}
	if n > 1 {
		link("prev", min(n-1, last))
	}
	if n < last {
		link("next", n+1)
		link("last", last)
	}
	if n > 1 {
		link("first", 1)
	}
	from := min((n-1)*size, len(all))
	return all[from:min(from+size, len(all))], strings.Join(links, ", ")
}

// linkTo is the address of this very request with one parameter changed and
// the others of drop taken out.
func (c *call) linkTo(key, value string, drop ...string) string {
	q := c.r.URL.Query()
	for _, d := range drop {
		q.Del(d)
	}
	q.Set(key, value)
	u := url.URL{Path: c.r.URL.Path, RawPath: c.r.URL.EscapedPath(), RawQuery: q.Encode()}
	return c.site() + u.String()
}

// paged answers one page of all, each element in its shape.
func paged[T any](c *call, all []T, shape func(T) object) *reply {
	part, link := pageOf(c, all)
	return withLink(ok(shapes(part, shape)), link)
}

// counted answers one page of all under a key, beside the count of all.
func counted[T any](c *call, key string, all []T, shape func(T) object) *reply {
	part, link := pageOf(c, all)
	return withLink(ok(object{"total_count": len(all), key: shapes(part, shape)}), link)
}

func withLink(rep *reply, link string) *reply {
	if link != "" {
		rep.set("Link", link)
	}
	return rep
}

// shapes is never nil: an empty list is [] and not null.
func shapes[T any](all []T, shape func(T) object) []object {
	out := make([]object, 0, len(all))
	for _, v := range all {
		out = append(out, shape(v))
	}
	return out
}
