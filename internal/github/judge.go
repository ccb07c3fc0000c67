package github

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// judge turns an answer whose status says no into a *[StatusError], for GraphQL
// and REST alike, and refuses a list whose next page is on another host. A
// redirect passes: the client above follows it where [redirects] allows it.
func judge() layer {
	return func(next http.RoundTripper) http.RoundTripper {
		return trip(func(req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err != nil {
				return nil, err
			}
			switch code := resp.StatusCode; {
			case code == http.StatusAccepted || code >= 400 || code == http.StatusNotModified:
				return nil, statusError(resp)
			case code < 200 || code >= 300 && (!followed(code) || resp.Header.Get("Location") == ""):
				return nil, statusError(resp)
			}
			if err := sameHost(req.URL, NextLink(resp.Header.Get("Link"))); err != nil {
				return nil, &BodyError{Host: req.URL.Host, What: "a next page elsewhere", Err: err}
			}
			return resp, nil
		})
	}
}

func statusError(resp *http.Response) *StatusError {
	e := &StatusError{
		Status: resp.StatusCode, Method: resp.Request.Method, Path: resp.Request.URL.Path,
		Accepted:  printable(resp.Header.Get("X-Accepted-GitHub-Permissions"), 200),
		RequestID: printable(resp.Header.Get("X-GitHub-Request-Id"), 60),
		Web:       isWeb(resp),
	}
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		e.Date = at
	}
	sso, _, _ := strings.Cut(resp.Header.Get("X-GitHub-SSO"), ";")
	e.SSO = printable(sso, 40)
	var body struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(bodyOf(resp), &body) == nil {
		e.Message = printable(body.Message, 200)
	}
	return e
}

// sameHost refuses an address on another host, or one that gives up encryption.
// A relative address, or none, is fine.
func sameHost(from *url.URL, target string) error {
	to, err := from.Parse(target)
	switch {
	case err != nil:
		return fmt.Errorf("its address cannot be read")
	case to.Host != from.Host:
		return fmt.Errorf("it leads to the host %s", printable(to.Host, 100))
	case to.Scheme != from.Scheme:
		return fmt.Errorf("it leads to %s instead of %s", printable(to.Scheme, 10), from.Scheme)
	}
	return nil
}
