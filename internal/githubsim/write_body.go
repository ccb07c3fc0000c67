package githubsim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
)

// fields is the body of a request for a change, each key as it came.
type fields map[string]json.RawMessage

// fields reads the body; an empty one has no keys.
func (c *call) fields() (fields, *reply) {
	in := fields{}
	if len(bytes.TrimSpace(c.body)) == 0 {
		return in, nil
	}
	if !json.Valid(c.body) {
		return nil, c.failure(http.StatusBadRequest, "Problems parsing JSON")
	}
	if json.Unmarshal(c.body, &in) != nil {
		return nil, c.failure(http.StatusBadRequest, "Body should be a JSON object")
	}
	return in, nil
}

// has reports whether a key was given, and not as null.
func (f fields) has(key string) bool { return f[key] != nil && string(f[key]) != "null" }

// read decodes the value of a key into v, which keeps what it is where the key
// was not given. The complaint names the key.
func (c *call) read(f fields, key string, v any) *reply {
	if !f.has(key) {
		return nil
	}
	if json.Unmarshal(f[key], v) != nil {
		return c.invalid("", key, "invalid", "For 'properties/"+key+"', "+string(f[key])+" is not of the expected type.")
	}
	return nil
}

// word reads one of a few words.
func (c *call) word(f fields, key, otherwise string, words ...string) (string, *reply) {
	v := otherwise
	if refused := c.read(f, key, &v); refused != nil {
		return "", refused
	}
	if !slices.Contains(words, v) {
		return "", c.invalid("", key, "invalid", "For 'properties/"+key+"', "+v+" is not a possible value.")
	}
	return v, nil
}

// invalid answers 422 with what is wrong with one field.
func (c *call) invalid(resource, field, code, message string) *reply {
	return &reply{status: http.StatusUnprocessableEntity, body: object{
		"message": "Validation Failed", "documentation_url": "https://docs.github.com/rest", "status": "422",
		"errors": []object{{"resource": resource, "field": field, "code": code, "message": message}},
	}}
}

// archived answers 403 where a repository takes no changes any more.
func (c *call) archived() *reply {
	return c.failure(http.StatusForbidden, "Repository was archived so is read-only.")
}

// repoToChange finds the repository of the path for somebody who administers
// it, unless it is archived.
func (c *call) repoToChange() (repoOf, *reply) {
	r, refused := c.repoFor("administration:write")
	if refused == nil && r.Archived {
		refused = c.archived()
	}
	return r, refused
}

// someone finds the person of the path.
func (c *call) someone() (*User, *reply) {
	u := c.x.user(c.params["username"])
	if u == nil {
		return nil, c.notFound()
	}
	return u, nil
}

// someoneTold is the account of the path, with what the body says of it.
func (c *call) someoneTold() (*User, fields, *reply) {
	u, refused := c.someone()
	if refused != nil {
		return nil, nil, refused
	}
	in, refused := c.fields()
	return u, in, refused
}

// actor is who the audit log names for the request; an App is its bot.
func (c *call) actor() string {
	if u := c.viewer.user; u != nil {
		return u.Login
	}
	return c.token.Login
}

// log adds an entry to the audit log of an organization that has one.
func (c *call) log(o *orgIndex, action string, with func(*AuditEvent)) {
	if len(o.AuditLog) == 0 {
		return
	}
	e := &AuditEvent{ID: "write-" + number(c.s.newID()), Action: action, Actor: c.actor(), CreatedAt: c.now}
	if with != nil {
		with(e)
	}
	o.AuditLog = append(o.AuditLog, e)
}
