package github

import (
	"encoding/json"
	"net/http"
)

// mutated judges the answer to a mutation. GitHub answers a mutation that it did
// not carry out with null for it and an error of a known type. Null with any other
// error, or data beside errors, leaves open what was done.
func (w *Writer) mutated(req *http.Request, a Answered) (Answered, error) {
	var out struct {
		Data   map[string]json.RawMessage `json:"data"`
		Errors []GraphQLErrorItem         `json:"errors"`
	}
	doubt := func(why string, err error) (Answered, error) {
		return Answered{}, &DoubtError{Method: req.Method, Path: req.URL.Path, Status: a.Status, Why: why, Err: err}
	}
	if err := json.Unmarshal(a.Body, &out); err != nil || a.Status != http.StatusOK {
		return doubt("an answer that is not GitHub's", err)
	}
	nothing := true
	for _, v := range out.Data {
		nothing = nothing && string(v) == "null"
	}
	switch refused := (&GraphQLError{Errors: out.Errors, NoData: nothing}); {
	case len(out.Errors) == 0 && nothing:
		return doubt("neither data nor errors", nil)
	case len(out.Errors) == 0:
		return a, nil
	case nothing && certain(out.Errors):
		return Answered{}, refused
	default:
		return doubt("errors of which it is not known what they left undone", refused)
	}
}

// certain reports whether every error is of a kind after which nothing was done.
func certain(errs []GraphQLErrorItem) bool {
	for _, e := range errs {
		switch e.Type {
		case "FORBIDDEN", "NOT_FOUND", "UNPROCESSABLE", "INSUFFICIENT_SCOPES", "RATE_LIMITED", "RATE_LIMIT", "undefinedField", "argumentLiteralsIncompatible":
		default:
			return false
		}
	}
	return true
}
