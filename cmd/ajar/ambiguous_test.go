package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
)

// twoAlike is a store in which the same person gives a finding of one id in each of two
// organizations, and one more in the second.
func twoAlike(t *testing.T) (path string, alike, lone access.Finding) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "ajar.db")
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s, err := store.Open(t.Context(), path, store.Options{Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	ann := access.Named{Ref: access.Ref{Kind: access.User, ID: 1}, Name: "user:ann"}
	finding := func(rule string) access.Finding {
		return access.Finding{Fingerprint: access.Fingerprint(rule, "user:1"), Rule: rule, Severity: access.Medium, Principal: ann, Title: rule, State: access.Open}
	}
	alike, lone = finding("member-stale"), finding("two-factor-missing")
	for i, org := range []access.Organization{{ID: 10, Login: "acme-labs"}, {ID: 11, Login: "acme-robotics"}} {
		p, err := s.Begin(t.Context(), org, at.Add(time.Duration(i)*time.Minute))
		if err == nil {
			err = p.People(t.Context(), []access.Person{{ID: 1, Login: "ann"}})
		}
		for _, a := range access.Areas {
			if err == nil {
				err = p.Cover(t.Context(), access.Cover{Area: a, Status: access.Complete, Total: -1})
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		info, err := p.Finish(t.Context(), store.PassStats{})
		if err != nil {
			t.Fatal(err)
		}
		snap, err := s.Load(t.Context(), info)
		if err != nil {
			t.Fatal(err)
		}
		alike.Org = access.Named{Ref: access.Ref{Kind: access.Org, ID: org.ID}, Name: "org:" + org.Login}
		lone.Org = alike.Org
		if _, err := s.Judge(t.Context(), snap, []access.Finding{alike, lone}[:i+1], info.At, store.Terms{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path, alike, lone
}

func TestIDOfFindingsInTwoOrganizationsIsNotGuessed(t *testing.T) {
	path, alike, lone := twoAlike(t)
	ask := func(args ...string) (status, string, string) {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"ajar", "--store", path}, args...), strings.NewReader(""), &out, &errs, func(string) string { return "" })
		return status(code), out.String(), errs.String()
	}
	for _, more := range [][]string{nil, {"-o", "json"}} {
		code, out, errs := ask(append([]string{"findings", "show", alike.Fingerprint[:8]}, more...)...)
		if code != failed || out != "" || !strings.Contains(errs, "is ambiguous: acme-labs and acme-robotics have") || !strings.Contains(errs, "hint: add --org: --org acme-labs or --org acme-robotics") {
			t.Errorf("it ends with %d, says %q, and %q", code, out, errs)
		}
	}
	for _, org := range []string{"acme-labs", "acme-robotics"} {
		if code, out, errs := ask("findings", "show", alike.Fingerprint, "--org", org, "-o", "json"); code != clean || !strings.Contains(out, "org:"+org) {
			t.Errorf("%s: it ends with %d, says %q, and %q", org, code, out, errs)
		}
	}
	if code, _, errs := ask("findings", "show", lone.Fingerprint[:8]); code != clean {
		t.Errorf("one that only one has ends with %d: %s", code, errs)
	}
	if code, _, errs := ask("findings", "show", "ffffffffffff"); code != failed || !strings.Contains(errs, "none of acme-labs, acme-robotics begins with") {
		t.Errorf("one that nobody has ends with %d: %s", code, errs)
	}
}
