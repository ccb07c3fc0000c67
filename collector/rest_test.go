package collector

import (
	"errors"
	"net/http"
	"testing"

	gh "github.com/google/go-github/v92/github"
)

func TestRESTListWithoutAnEndIsCutOff(t *testing.T) {
	for name, tc := range map[string]struct {
		page func(page int) (rows, distinct, next int)
		want error
		most int
	}{
		"one page":               {func(int) (int, int, int) { return 7, 7, 0 }, nil, 1},
		"two pages":              {func(p int) (int, int, int) { return 50, 50 * p, []int{2, 0}[p-1] }, nil, 2},
		"a lost Link":            {func(p int) (int, int, int) { return []int{100, 0}[p-1], 100, 0 }, nil, 2},
		"the same rows":          {func(p int) (int, int, int) { return 100, 100, p + 1 }, errLoop, 2},
		"the same rows, no Link": {func(int) (int, int, int) { return 100, 100, 0 }, errLoop, 2},
		"a page back":            {func(int) (int, int, int) { return 100, 100, 1 }, errLoop, 1},
		"an empty page":          {func(p int) (int, int, int) { return 0, 0, p + 1 }, errLoop, 1},
		"new rows for ever":      {func(p int) (int, int, int) { return 100, 100 * p, p + 1 }, errEndless, mostPages},
		"a page far ahead":       {func(int) (int, int, int) { return 100, 100, 1 << 40 }, errEndless, 1},
	} {
		asked := 0
		err := (&run{}).pages(func(page int) (int, int, *gh.Response, error) {
			asked++
			rows, distinct, next := tc.page(page)
			return rows, distinct, &gh.Response{Response: &http.Response{}, NextPage: next}, nil
		})
		if !errors.Is(err, tc.want) || asked != tc.most {
			t.Errorf("%s: %v after %d pages, want %v after %d", name, err, asked, tc.want, tc.most)
		}
	}
}
