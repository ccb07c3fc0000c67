package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// operation is what a difference is about: the method and path of the
// description, and the status that was answered.
type operation struct {
	method, path string
	status       int
}

// exception is one place where GitHub is known to differ from its own
// description. An empty method or path and status 0 stand for any; says is
// part of the complaint.
type exception struct {
	method, path string
	status       int
	says         string
	why          string
}

const undocumented = "status is not supported"

// exceptions is the whole list of what we let pass, each with its reason.
// Everything that is not described but also not forbidden needs no entry: the
// Link, ETag and rate-limit headers, and can_admins_bypass in the answers about
// environments.
var exceptions = []exception{
	{"", "", 401, undocumented, "bad credentials are answered so everywhere; the description says it for a few paths only"},
	{"", "", 403, undocumented, "missing permissions and rate limits are answered so everywhere"},
	{"", "", 404, undocumented, "what the caller may not know of, or does not exist, is answered so everywhere"},
	{"", "", 429, undocumented, "rate limits are answered so everywhere"},
	{"", "", 502, undocumented, "GitHub's gateway gives up so after ten seconds"},
	{"", "", 503, undocumented, "GitHub is down for maintenance or overloaded"},
	{"PUT", "/repos/{owner}/{repo}/environments/{environment_name}", 0, `property "can_admins_bypass" is unsupported`,
		"the live API takes and gives it (go-github does too, and the audit log names it); the description forgets it"},
}

// excused reports whether the table lets this complaint pass.
func (op operation) excused(complaint string) bool {
	for _, e := range exceptions {
		if (e.method == "" || e.method == op.method) && (e.path == "" || e.path == op.path) &&
			(e.status == 0 || e.status == op.status) && strings.Contains(complaint, e.says) {
			return true
		}
	}
	return false
}

// differences turns what the validator found in part ("request" or "answer")
// into one error each, without the excused ones.
func (op operation) differences(part string, err error) []error {
	var out []error
	for _, complaint := range complaints(err, nil) {
		if !op.excused(complaint) {
			out = append(out, fmt.Errorf("%s %s, %s of status %d: %s", op.method, op.path, part, op.status, complaint))
		}
	}
	return out
}

// complaints flattens the validator's nested errors to one line each.
func complaints(err error, out []string) []string {
	var (
		many     openapi3.MultiError
		schema   *openapi3.SchemaError
		request  *openapi3filter.RequestError
		response *openapi3filter.ResponseError
	)
	switch {
	case err == nil:
		return out
	case as(err, &many):
		for _, e := range many {
			out = complaints(e, out)
		}
		return out
	case as(err, &schema):
		if nested := (openapi3.MultiError)(nil); as(schema.Origin, &nested) {
			return complaints(schema.Origin, out)
		}
		said := fmt.Sprintf("/%s: %s", strings.Join(schema.JSONPointer(), "/"), schema.Reason)
		if why := complaints(errors.Unwrap(schema.Origin), nil); len(why) > 0 { // what each alternative objects to
			said += " (" + strings.Join(why, "; ") + ")"
		}
		return append(out, said)
	case as(err, &request) && request.Err != nil:
		where := request.Reason
		if request.Parameter != nil {
			where = "parameter " + request.Parameter.Name
		}
		for _, c := range complaints(request.Err, nil) {
			out = append(out, strings.TrimPrefix(where+": "+c, ": "))
		}
		return out
	case as(err, &response) && response.Err != nil:
		return complaints(response.Err, out)
	case as(err, &response):
		return append(out, response.Reason)
	}
	return append(out, err.Error())
}

// as is errors.As without looking through wrappers: the order of the layers is
// what tells a request's error from the schema error inside it.
func as[T error](err error, target *T) bool {
	e, ok := err.(T) //nolint:errorlint // see above
	if ok {
		*target = e
	}
	return ok
}

// decode reads a JSON body.
func decode(body []byte) (any, error) {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return nil, errors.New("the body of the error is not JSON")
	}
	return value, nil
}
