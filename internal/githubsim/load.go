package githubsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"time"
)

// maxComplaints bounds how many mistakes of one world file are listed.
const maxComplaints = 20

// LoadFile reads the world in a file, as [Load] does.
func LoadFile(path string) (*World, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the world: %w", err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	w, err := Load(f)
	if err != nil {
		return nil, fmt.Errorf("world %s: %w", path, err)
	}
	return w, nil
}

// Load reads a world file. An unknown key, a wrong type, a name that resolves
// to nothing and a double id are errors; all mistakes of the content are
// listed together, at most 20 of them.
func Load(r io.Reader) (*World, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading the world: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var w World
	if err := d.Decode(&w); err != nil {
		at := d.InputOffset()
		var syntax *json.SyntaxError
		var kind *json.UnmarshalTypeError
		if errors.As(err, &syntax) {
			at = syntax.Offset
		} else if errors.As(err, &kind) {
			at = kind.Offset
		}
		return nil, fmt.Errorf("reading the world, about line %d: %w", 1+bytes.Count(text[:min(int(at), len(text))], []byte("\n")), err)
	}
	if d.More() {
		return nil, errors.New("reading the world: something follows the JSON object")
	}
	if err := w.Check(); err != nil {
		return nil, err
	}
	return &w, nil
}

// ShiftTo moves every time of the world by the same distance, so that
// Meta.Now is now. Ages stay as they were.
func (w *World) ShiftTo(now time.Time) {
	by := now.Sub(w.Meta.Now)
	if by == 0 {
		return
	}
	shift(reflect.ValueOf(w).Elem(), by)
}

var timeType = reflect.TypeFor[time.Time]()

// shift walks v and moves the times in it; zero times stay zero, as they mean "never".
func shift(v reflect.Value, by time.Duration) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			shift(v.Elem(), by)
		}
	case reflect.Slice:
		for i := range v.Len() {
			shift(v.Index(i), by)
		}
	case reflect.Struct:
		if v.Type() == timeType {
			if t := v.Interface().(time.Time); !t.IsZero() {
				v.Set(reflect.ValueOf(t.Add(by)))
			}
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				shift(v.Field(i), by)
			}
		}
	}
}

// complaints collects what is wrong with a world.
type complaints struct {
	errs []error
	more int
}

func (c *complaints) add(format string, args ...any) {
	if len(c.errs) == maxComplaints {
		c.more++
		return
	}
	c.errs = append(c.errs, fmt.Errorf("world: "+format, args...))
}

func (c *complaints) err() error {
	if c.more > 0 {
		c.errs = append(c.errs, fmt.Errorf("world: and %d more", c.more))
	}
	return errors.Join(c.errs...)
}

// need complains unless one of the words is meant.
func (c *complaints) need(where, what, got string, words ...string) {
	for _, w := range words {
		if got == w {
			return
		}
	}
	c.add("%s: %s is %q, want one of %s", where, what, got, strings.Join(words, ", "))
}

// Check reports what in the world could not exist on GitHub: names without
// anybody behind them, double names or ids, parents in a circle, unknown words.
func (w *World) Check() error {
	var c complaints
	if w.Meta.Now.IsZero() {
		c.add("meta.now is missing")
	}
	users, ids := map[string]bool{}, map[int64]bool{}
	for _, u := range w.Users {
		if users[fold(u.Login)] || u.Login == "" {
			c.add("user %q: the login is empty or taken", u.Login)
		}
		if ids[u.ID] || u.ID <= 0 {
			c.add("user %s: id %d is not positive or taken", u.Login, u.ID)
		}
		users[fold(u.Login)], ids[u.ID] = true, true
		c.need("user "+u.Login, "type", u.Type, "User", "Bot")
	}
	logins, repoIDs, teamIDs := map[string]bool{}, map[int64]string{}, map[int64]string{}
	for _, o := range w.Orgs {
		if logins[fold(o.Login)] || o.Login == "" || o.ID <= 0 {
			c.add("organization %q: the login is empty or taken, or the id is not positive", o.Login)
		}
		logins[fold(o.Login)] = true
		o.check(&c, users)
		for _, t := range o.Teams {
			if old, ok := teamIDs[t.ID]; ok || t.ID <= 0 {
				c.add("team %s/%s: id %d is not positive or taken by %s", o.Login, t.Slug, t.ID, old)
			}
			teamIDs[t.ID] = t.Slug
		}
		for _, r := range o.Repos {
			if old, ok := repoIDs[r.ID]; ok || r.ID <= 0 {
				c.add("repository %s/%s: id %d is not positive or taken by %s", o.Login, r.Name, r.ID, old)
			}
			repoIDs[r.ID] = r.Name
		}
	}
	return c.err()
}

func (o *Org) check(c *complaints, users map[string]bool) {
	where := "organization " + o.Login
	c.need(where, "plan", o.Plan, "enterprise", "team", "free")
	c.need(where, "settings.defaultRepositoryPermission", o.Settings.DefaultRepositoryPermission, "none", "read", "write", "admin")
	seen := map[string]bool{}
	for _, m := range o.Members {
		c.need(where+", member "+m.Login, "role", m.Role, "admin", "member")
		if !users[fold(m.Login)] || seen[fold(m.Login)] {
			c.add("%s: member %q is no user of this world, or listed twice", where, m.Login)
		}
		seen[fold(m.Login)] = true
	}
	teams := map[string]*Team{}
	for _, t := range o.Teams {
		if teams[fold(t.Slug)] != nil || t.Slug == "" {
			c.add("%s: team %q: the slug is empty or taken", where, t.Slug)
		}
		teams[fold(t.Slug)] = t
	}
	for _, t := range o.Teams {
		t.check(c, where, users, teams)
	}
	roles := map[string]bool{"pull": true, "triage": true, "push": true, "maintain": true, "admin": true}
	for _, r := range o.CustomRoles {
		roles[fold(r.Name)] = true
		c.need(where+", custom role "+r.Name, "baseRole", r.BaseRole, "read", "triage", "write", "maintain")
	}
	for _, r := range o.OrgRoles {
		for _, l := range r.Users {
			if !users[fold(l)] {
				c.add("%s, organization role %s: %q is no user of this world", where, r.Name, l)
			}
		}
		for _, s := range r.Teams {
			if teams[fold(s)] == nil {
				c.add("%s, organization role %s: there is no team %q", where, r.Name, s)
			}
		}
	}
	o.checkRepos(c, users, teams, roles)
}

func (t *Team) check(c *complaints, where string, users map[string]bool, teams map[string]*Team) {
	where += ", team " + t.Slug
	c.need(where, "privacy", t.Privacy, "closed", "secret")
	for _, m := range t.Members {
		c.need(where+", "+m.Login, "role", m.Role, "member", "maintainer")
		if !users[fold(m.Login)] {
			c.add("%s: %q is no user of this world", where, m.Login)
		}
	}
	steps := 0
	for p := t; p.Parent != ""; p = teams[fold(p.Parent)] {
		if teams[fold(p.Parent)] == nil {
			c.add("%s: there is no parent %q", where, p.Parent)
			return
		}
		if steps++; steps > len(teams) {
			c.add("%s: its parents go round in a circle", where)
			return
		}
	}
}

func (o *Org) checkRepos(c *complaints, users map[string]bool, teams map[string]*Team, roles map[string]bool) {
	names := map[string]bool{}
	for _, r := range o.Repos {
		where := "repository " + o.Login + "/" + r.Name
		if names[fold(r.Name)] || r.Name == "" {
			c.add("%s: the name is empty or taken", where)
		}
		names[fold(r.Name)] = true
		c.need(where, "visibility", r.Visibility, "public", "private", "internal")
		for _, g := range r.Collaborators {
			if !users[fold(g.Login)] {
				c.add("%s: collaborator %q is no user of this world", where, g.Login)
			}
			if !roles[fold(g.Permission)] {
				c.add("%s: %s has the unknown permission %q", where, g.Login, g.Permission)
			}
		}
		for _, g := range r.Teams {
			if teams[fold(g.Slug)] == nil {
				c.add("%s: there is no team %q", where, g.Slug)
			}
			if !roles[fold(g.Permission)] {
				c.add("%s: team %s has the unknown permission %q", where, g.Slug, g.Permission)
			}
		}
		envs := map[string]bool{}
		for _, e := range r.Environments {
			if envs[fold(e.Name)] || e.Name == "" || e.ID <= 0 {
				c.add("%s: environment %q: the name is empty or taken, or the id is not positive", where, e.Name)
			}
			envs[fold(e.Name)] = true
		}
	}
}
