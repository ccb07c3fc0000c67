package github

import (
	"context"
	"net/http"
)

type reduceKey struct{}

// Reduce lets a REST request made with the context it gives answer only what f
// leaves of the body. Where a page is hundreds of kilobytes of which an identifier
// and a word matter, everything above the wire, the tape among it, handles those
// alone. f must give JSON, must bear its own result, and gives nil for a body that
// it does not understand, which is then answered as it came. It must not keep raw.
func Reduce(ctx context.Context, f func(raw []byte) []byte) context.Context {
	return context.WithValue(ctx, reduceKey{}, f)
}

// reducer gives what shortens the answer to a request, nil where nothing does.
func reducer(req *http.Request, resp *http.Response) func([]byte) []byte {
	if resp.StatusCode != http.StatusOK {
		return nil
	}
	f, _ := req.Context().Value(reduceKey{}).(func([]byte) []byte)
	return f
}

// reduce puts what whole has shortened in place of the answer. It stands above what
// counts bytes and below what records answers.
func reduce() layer {
	return func(next http.RoundTripper) http.RoundTripper {
		return trip(func(req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err != nil {
				return nil, err
			}
			body, ok := resp.Body.(*fullBody)
			if !ok || body.short == nil {
				return resp, nil
			}
			short := body.short
			_ = body.Close() // gives the memory back
			body.raw = short
			body.Reset(short)
			resp.ContentLength = int64(len(short))
			return resp, nil
		})
	}
}
