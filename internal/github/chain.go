package github

import "net/http"

// layer is one worry of the transport, wrapped around the layers below it.
type layer func(next http.RoundTripper) http.RoundTripper

// trip lets a function be a RoundTripper.
type trip func(*http.Request) (*http.Response, error)

// RoundTrip calls the function.
func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// chain puts layers around a base: a request passes them in the order in which
// they are named here, its answer in the opposite one.
func chain(base http.RoundTripper, layers ...layer) http.RoundTripper {
	for i := len(layers) - 1; i >= 0; i-- {
		base = layers[i](base)
	}
	return base
}
