package github

import (
	"errors"
	"fmt"
	"strings"
)

// GraphQLErrorItem is one entry of the errors array of a GraphQL answer.
type GraphQLErrorItem struct {
	Type       string         `json:"type"` // FORBIDDEN, NOT_FOUND, RATE_LIMITED …; "" where GitHub gives none
	Message    string         `json:"message"`
	Path       []any          `json:"path"` // field names (string) and list positions (float64)
	Extensions map[string]any `json:"extensions"`
}

// Class is the class of failure that the entry's type stands for, or nil. Words
// change, types do not: the message is not looked at.
func (i GraphQLErrorItem) Class() error {
	switch i.Type {
	case "FORBIDDEN", "INSUFFICIENT_SCOPES":
		return ErrForbidden
	case "NOT_FOUND":
		return ErrNotFound
	case "RATE_LIMITED", "RATE_LIMIT":
		return ErrLimited
	}
	return nil
}

// SSO reports whether the entry says that the organization's single sign-on has
// not accepted the token.
func (i GraphQLErrorItem) SSO() bool {
	failed, _ := i.Extensions["saml_failure"].(bool)
	return failed
}

// PathString writes the path as "organization.teams.nodes.3".
func (i GraphQLErrorItem) PathString() string {
	parts := make([]string, len(i.Path))
	for n, p := range i.Path {
		parts[n] = fmt.Sprint(p)
	}
	return strings.Join(parts, ".")
}

// GraphQLError is an answer that came with an errors array. What data there was
// has been decoded all the same, unless NoData is set.
type GraphQLError struct {
	Errors []GraphQLErrorItem
	NoData bool // data was null or missing
}

// Error gives the first entry and how many more there are.
func (e *GraphQLError) Error() string {
	first := e.Errors[0]
	s := "graphql"
	if first.Type != "" {
		s += " " + printable(first.Type, 40)
	}
	if len(first.Path) > 0 {
		s += " at " + printable(first.PathString(), 120)
	}
	s += ": " + printable(first.Message, 200)
	if more := len(e.Errors) - 1; more > 0 {
		s += fmt.Sprintf(" (and %d more)", more)
	}
	return s
}

// Is reports whether one of the entries belongs to the class.
func (e *GraphQLError) Is(target error) bool {
	for _, item := range e.Errors {
		if c := item.Class(); c != nil && c == target {
			return true
		}
	}
	return false
}

// PartialError says that GitHub left data out of an answer because the token is
// not authorized for the single sign-on of some organizations (header
// X-GitHub-SSO: partial-results). What came has been decoded.
type PartialError struct {
	Organizations []string // numeric ids, as the header lists them
}

// Error names the organizations.
func (e *PartialError) Error() string {
	return "data of organizations " + strings.Join(e.Organizations, ", ") + " was left out: the token is not authorized for their single sign-on"
}

// Partial reads the header X-GitHub-SSO of a REST answer; nil means that
// nothing was left out.
func Partial(header string) *PartialError {
	orgs, ok := strings.CutPrefix(strings.TrimSpace(header), "partial-results")
	if !ok {
		return nil
	}
	e := &PartialError{}
	_, list, _ := strings.Cut(orgs, "organizations=")
	for _, id := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		e.Organizations = append(e.Organizations, printable(id, 20))
	}
	if len(e.Organizations) == 0 {
		e.Organizations = []string{"(not named)"}
	}
	return e
}

// asPartial joins a nil-able PartialError to another error.
func asPartial(err error, p *PartialError) error {
	if p == nil {
		return err
	}
	return errors.Join(err, p)
}
