// Command subset cuts the part of GitHub's OpenAPI description that ajar speaks
// to out of the whole. The whole is 14 MB and takes a validator seconds and
// three quarters of a gigabyte; the part takes a third of a second.
//
//	subset IN OUT     reads the description IN, writes the part to OUT
//
// Kept are the paths of keep and whatever they refer to. Examples and vendor
// extensions (x-…) are dropped: they do not judge anything, and some of the
// examples break the very schemas they illustrate.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "subset: usage: subset IN OUT")
		os.Exit(1)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "subset:", err)
		os.Exit(1)
	}
}

// run writes the part of the description in to the file out, which appears
// whole or not at all.
func run(in, out string) (err error) {
	src, err := os.Open(in)
	if err != nil {
		return fmt.Errorf("opening the description: %w", err)
	}
	defer src.Close()
	dst, err := os.CreateTemp(filepath.Dir(out), ".partial-*")
	if err != nil {
		return fmt.Errorf("making room for the part: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(dst.Name()))
		}
	}()
	if err := errors.Join(cut(src, dst), dst.Close()); err != nil {
		return err
	}
	return os.Rename(dst.Name(), out)
}

// cut reads a whole description from r and writes the part to w.
func cut(r io.Reader, w io.Writer) error {
	var doc map[string]any
	if err := json.NewDecoder(r).Decode(&doc); err != nil {
		return fmt.Errorf("reading the description: %w", err)
	}
	paths, ok := doc["paths"].(map[string]any)
	if !ok {
		return errors.New("reading the description: it has no paths")
	}
	kept := map[string]any{}
	for path, item := range paths {
		if wanted(path) {
			kept[path] = strip(item)
		}
	}
	parts, err := follow(doc, kept)
	if err != nil {
		return err
	}
	part := map[string]any{"openapi": doc["openapi"], "info": strip(doc["info"]), "paths": kept, "components": parts}
	if err := json.NewEncoder(w).Encode(part); err != nil {
		return fmt.Errorf("writing the part: %w", err)
	}
	return nil
}

// follow collects every component that start refers to, directly or through
// other components, by section ("schemas", "responses" …) and name.
func follow(doc map[string]any, start any) (map[string]any, error) {
	parts := map[string]any{}
	todo := refs(start, nil)
	for len(todo) > 0 {
		ref := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		section, name, ok := strings.Cut(strings.TrimPrefix(ref, "#/components/"), "/")
		if !ok || !strings.HasPrefix(ref, "#/components/") {
			return nil, fmt.Errorf("following %s: not a component", ref)
		}
		shelf, _ := parts[section].(map[string]any)
		if shelf == nil {
			shelf = map[string]any{}
			parts[section] = shelf
		}
		if _, done := shelf[name]; done {
			continue
		}
		all, _ := doc["components"].(map[string]any)
		from, _ := all[section].(map[string]any)
		whole, found := from[name]
		if !found {
			return nil, fmt.Errorf("following %s: the description has no such component", ref)
		}
		shelf[name] = strip(whole)
		todo = refs(shelf[name], todo)
	}
	return parts, nil
}

// refs appends every $ref inside v to out.
func refs(v any, out []string) []string {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			out = append(out, ref)
		}
		for _, x := range v {
			out = refs(x, out)
		}
	case []any:
		for _, x := range v {
			out = refs(x, out)
		}
	}
	return out
}

// strip drops examples and extensions everywhere in v, in place. The keys of a
// "properties" map are names of data and stay, whatever they are called.
func strip(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if k == "example" || k == "examples" || strings.HasPrefix(k, "x-") {
				delete(v, k)
				continue
			}
			if props, ok := x.(map[string]any); ok && k == "properties" {
				for _, p := range props {
					strip(p)
				}
				continue
			}
			strip(x)
		}
	case []any:
		for _, x := range v {
			strip(x)
		}
	}
	return v
}

// wanted reports whether the path is one of keep or lies below one.
func wanted(path string) bool {
	for _, k := range keep {
		rest, ok := strings.CutPrefix(path, k.path)
		if ok && (rest == "" || k.below && rest[0] == '/') {
			return true
		}
	}
	return false
}

// keep lists what ajar reads or writes over REST, now or by design: the paths
// themselves, and where below is set everything under them.
var keep = []struct {
	path  string
	below bool
}{
	{"/app", false},
	{"/app/hook", true},
	{"/app/installations", true},
	{"/enterprises/{enterprise}/apps/organizations", true},
	{"/enterprises/{enterprise}/enterprise-roles", true},
	{"/enterprises/{enterprise}/teams", true},
	{"/installation/repositories", false},
	{"/meta", false},
	{"/orgs/{org}", false},
	{"/orgs/{org}/actions/oidc/customization/sub", false},
	{"/orgs/{org}/actions/permissions", true},
	{"/orgs/{org}/actions/runner-groups", true},
	{"/orgs/{org}/actions/runners", true},
	{"/orgs/{org}/actions/secrets", true},
	{"/orgs/{org}/actions/variables", true},
	{"/orgs/{org}/audit-log", false},
	{"/orgs/{org}/credential-authorizations", true},
	{"/orgs/{org}/custom-repository-roles", true},
	{"/orgs/{org}/external-group", true},
	{"/orgs/{org}/external-groups", true},
	{"/orgs/{org}/failed_invitations", false},
	{"/orgs/{org}/hooks", true},
	{"/orgs/{org}/installation", false},
	{"/orgs/{org}/installations", false},
	{"/orgs/{org}/invitations", true},
	{"/orgs/{org}/members", false},
	{"/orgs/{org}/members/{username}", false},
	{"/orgs/{org}/memberships", true},
	{"/orgs/{org}/organization-roles", true},
	{"/orgs/{org}/outside_collaborators", true},
	{"/orgs/{org}/personal-access-token-requests", true},
	{"/orgs/{org}/personal-access-tokens", true},
	{"/orgs/{org}/properties/values", false},
	{"/orgs/{org}/repos", false},
	{"/orgs/{org}/rulesets", true},
	{"/orgs/{org}/teams", true},
	{"/rate_limit", false},
	{"/repos/{owner}/{repo}", false},
	{"/repos/{owner}/{repo}/actions/oidc/customization/sub", false},
	{"/repos/{owner}/{repo}/actions/organization-secrets", false},
	{"/repos/{owner}/{repo}/actions/permissions", true},
	{"/repos/{owner}/{repo}/actions/runs/{run_id}/approvals", false},
	{"/repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule", false},
	{"/repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments", false},
	{"/repos/{owner}/{repo}/actions/secrets", true},
	{"/repos/{owner}/{repo}/actions/variables", true},
	{"/repos/{owner}/{repo}/activity", false},
	{"/repos/{owner}/{repo}/branches/{branch}/protection", true},
	{"/repos/{owner}/{repo}/codeowners/errors", false},
	{"/repos/{owner}/{repo}/collaborators", true},
	{"/repos/{owner}/{repo}/deployments", true},
	{"/repos/{owner}/{repo}/environments", true},
	{"/repos/{owner}/{repo}/hooks", true},
	{"/repos/{owner}/{repo}/invitations", true},
	{"/repos/{owner}/{repo}/issues", false},
	{"/repos/{owner}/{repo}/issues/{issue_number}", false},
	{"/repos/{owner}/{repo}/keys", true},
	{"/repos/{owner}/{repo}/rules/branches/{branch}", false},
	{"/repos/{owner}/{repo}/rulesets", true},
	{"/repos/{owner}/{repo}/teams", false},
	{"/scim/v2/organizations", true},
	{"/user", false},
	{"/user/installations", true},
	{"/users/{username}", false},
}
