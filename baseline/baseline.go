// Package baseline is what an organization allows: roles, assignments, rules for
// environments, waivers. It reads baseline files, ties them to a snapshot, and
// answers, without any I/O, what is allowed to whom at a time.
package baseline

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// File is the text of one baseline file.
type File struct {
	Name string // as complaints name it
	Text []byte
}

// Baseline is the merged content of all files, before it meets a snapshot.
type Baseline struct {
	Roles         []Role // sorted by name
	Assignments   []Assignment
	Organizations []Organization // sorted by login
	Environments  []EnvironmentRule
	Teams         []TeamRule
	Keys          []KeyRule
	Apps          []AppRule
	Tokens        []TokenRule
	Webhooks      []WebhookRule
	Bypasses      []BypassRule
	Waivers       []Waiver
	StaleLimits   StaleLimits
	Privileged    []access.Privilege // sorted
	LongestWaiver time.Duration

	warnings Problems
	files    []File
}

// Load reads files, and every *.toml of folders (not of folders inside them),
// and merges them. What is wrong with the content is a [Problems] with every
// complaint; a missing file, and a folder without *.toml, is an error as well.
func Load(paths []string) (*Baseline, error) {
	if len(paths) == 0 {
		return nil, fmt.Errorf("no baseline file is named")
	}
	names, err := expand(paths)
	if err != nil {
		return nil, err
	}
	files := make([]File, 0, len(names))
	for _, name := range names {
		text, err := readFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{name, text})
	}
	return Parse(files)
}

// expand turns folders into their files. A file that is named twice counts once.
func expand(paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("reading the baseline: %w", err)
		}
		if !info.IsDir() {
			out = append(out, filepath.Clean(p))
			continue
		}
		entries, err := os.ReadDir(p)
		if err != nil {
			return nil, fmt.Errorf("reading the baseline: %w", err)
		}
		found := false
		for _, e := range entries {
			if !e.IsDir() && filepath.Ext(e.Name()) == ".toml" {
				out, found = append(out, filepath.Join(p, e.Name())), true
			}
		}
		if !found {
			return nil, fmt.Errorf("reading the baseline: %s has no *.toml file", p)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// readFile reads one file; of a file that is too big no more than shows that it is.
func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file", name)
	}
	if err == nil && info.Size() > MaxFileSize {
		err = fmt.Errorf("%s has %d bytes, more than the %d that a baseline may have", name, info.Size(), MaxFileSize)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	return text, nil
}

// Parse merges the texts. An error is a [Problems] with every complaint at once.
func Parse(files []File) (*Baseline, error) {
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	var problems Problems
	var tables []*table
	for _, f := range files {
		if t, ok := open(f, &problems); ok {
			tables = append(tables, t)
		}
	}
	whole := len(tables) == len(files)
	syntax := slices.Clone(problems)
	b := read(tables, whole, &problems)
	if whole && b.empty() && problems.Err() == nil {
		name := "baseline"
		if len(files) > 0 {
			name = files[0].Name
		}
		problems.add(Position{File: name}, "write at least one [[assign]] or [organization.ORG]", "the baseline says nothing")
	}
	problems = problems.without(syntax).sorted()
	if err := problems.Err(); err != nil {
		return nil, problems
	}
	b.warnings, b.files = problems, files
	return b, nil
}

// read takes every entry out of the tables. What concerns several entries is
// judged only if all files could be read.
func read(tables []*table, whole bool, problems *Problems) *Baseline {
	b := &Baseline{}
	var roles []Role
	for _, t := range tables {
		roles = append(roles, readRoles(t)...)
		b.Assignments = append(b.Assignments, readAssignments(t)...)
		b.Environments = append(b.Environments, readEnvironments(t)...)
		b.Teams = append(b.Teams, readTeams(t)...)
		b.Keys = append(b.Keys, readKeys(t)...)
		b.Apps = append(b.Apps, readApps(t)...)
		b.Tokens = append(b.Tokens, readTokens(t)...)
		b.Webhooks = append(b.Webhooks, readWebhooks(t)...)
		b.Bypasses = append(b.Bypasses, readBypasses(t)...)
		b.Waivers = append(b.Waivers, readWaivers(t)...)
	}
	b.Roles = settleRoles(roles, problems)
	b.Organizations = readOrganizations(tables)
	b.StaleLimits = readStale(tables)
	b.Privileged = readPrivileged(tables)
	b.LongestWaiver = readLongestWaiver(tables)
	for _, t := range tables {
		t.done()
	}
	checkAssignments(b, whole, problems)
	if whole {
		checkWaivers(b, problems)
		checkEnvironments(b, problems)
		checkTeams(b, problems)
	}
	return b
}

// empty reports whether no entry allows or demands anything.
func (b *Baseline) empty() bool {
	return len(b.Assignments)+len(b.Organizations)+len(b.Environments)+len(b.Teams)+len(b.Keys)+len(b.Apps)+
		len(b.Tokens)+len(b.Webhooks)+len(b.Bypasses)+len(b.Waivers) == 0
}

// Role finds a role by name, in any case.
func (b *Baseline) Role(name string) (Role, bool) {
	i, ok := slices.BinarySearchFunc(b.Roles, name, func(r Role, name string) int { return compareFold(r.Name, name) })
	if !ok {
		return Role{}, false
	}
	return b.Roles[i], true
}

// Files are the texts that the baseline was read from, sorted by name: [Parse] makes the
// same one of them. Nobody may change them.
func (b *Baseline) Files() []File { return slices.Clone(b.files) }

// Warnings are the complaints that did not stop the baseline from loading.
func (b *Baseline) Warnings() Problems { return slices.Clone(b.warnings) }

// privileged reports whether standing use of the privilege needs an acceptance.
func (b *Baseline) privileged(p access.Privilege) bool { return slices.Contains(b.Privileged, p) }

// organization finds what is said of an organization.
func (b *Baseline) organization(login string) (Organization, bool) {
	login = strings.ToLower(login)
	for _, o := range b.Organizations {
		if o.Login == login {
			return o, true
		}
	}
	return Organization{}, false
}
