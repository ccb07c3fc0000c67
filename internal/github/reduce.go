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

// reduce shortens the answers to requests that say how. It stands above what
// counts bytes and below what records answers.
func reduce() layer {
	return func(next http.RoundTripper) http.RoundTripper {
		return trip(func(req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			f, ok := req.Context().Value(reduceKey{}).(func([]byte) []byte)
			if err != nil || !ok || resp.StatusCode != http.StatusOK {
				return resp, err
			}
			body, ok := resp.Body.(*fullBody)
			if !ok {
				return resp, nil
			}
			if short := f(body.raw); short != nil {
				_ = body.Close() // gives the memory back
				body.raw = short
				body.Reset(short)
				resp.ContentLength = int64(len(short))
			}
			return resp, nil
		})
	}
}
