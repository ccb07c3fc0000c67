package github

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// URLs gives the addresses of the REST and the GraphQL API that belong to an
// api_url. https is required; plain http is accepted for loopback addresses
// alone. From https://api.github.com and from any other host's root the GraphQL
// address is …/graphql; from HOST/api/v3 it is HOST/api/graphql (GitHub Docs:
// "Forming calls with GraphQL"). The REST address ends in a slash.
func URLs(apiURL string) (rest, graphql string, err error) {
	u, err := checked(apiURL)
	if err != nil {
		return "", "", err
	}
	root := strings.TrimRight(u.String(), "/")
	if host, ok := strings.CutSuffix(root, "/api/v3"); ok {
		return root + "/", host + "/api/graphql", nil
	}
	return root + "/", root + "/graphql", nil
}

// checked parses an address and refuses what a credential must not be sent to.
// The address itself is not repeated where it could hold a password.
func checked(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return nil, fmt.Errorf("the GitHub address is not a URL (it should look like https://api.github.com)")
	case u.User != nil:
		return nil, fmt.Errorf("the GitHub address of host %s contains a user name or password; give a token instead", u.Host)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the GitHub address of host %s has a query or a fragment, which no API address has", u.Host)
	case u.Scheme == "https":
	case u.Scheme == "http" && loopback(u.Hostname()):
	case u.Scheme == "http":
		return nil, fmt.Errorf("the GitHub address http://%s is not encrypted; use https (plain http is for loopback addresses alone)", u.Host)
	default:
		return nil, fmt.Errorf("the GitHub address of host %s starts with %q; use https", u.Host, u.Scheme)
	}
	u.Host = strings.ToLower(u.Host)
	return u, nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
