package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
)

// weakGaps are those of a token without owner rights, with the collector's words.
func weakGaps() []Gap {
	const owner = "an organization owner's token (scope admin:org), or an app with organization "
	hidden := Gap{Status: access.Partial, Expected: true, own: true, Reason: "those that the token may not see are not listed",
		Help: "an organization owner's token (scope repo), or an app installed on all repositories"}
	keys, invited := hidden, hidden
	keys.Area, invited.Area = access.AreaDeployKeys, access.AreaRepoInvitations
	admin := Missing{Status: access.Denied, Reason: "GitHub shows them to administrators alone", Count: 78,
		Help:  "a token (scope repo) of an administrator of the repository, or an app with administration: read",
		First: []access.Named{{Ref: access.Ref{Kind: access.Repo, ID: 1}, Name: "repo:acme/api"}}}
	keys.Missing, invited.Missing = []Missing{admin}, []Missing{admin, {Status: access.Denied, Reason: "again", Count: 2, Help: admin.Help, First: admin.First}}
	denied := func(a access.Area, help string) Gap {
		return Gap{Area: a, Status: access.Denied, Expected: true, Reason: "GitHub refused (403)", Help: help}
	}
	return []Gap{
		denied(access.AreaSettings, owner+"administration: read"),
		denied(access.AreaTwoFactor, "an organization owner's token (scope admin:org); apps are not told"),
		denied(access.AreaTeamGrants, "an organization owner's token (scope read:org), or an app with organization members: read and metadata: read"),
		denied(access.AreaOrgRoles, owner+"custom organization roles: read; GitHub asks for organization_custom_org_roles=read"),
		denied(access.AreaOutside, "authorize the token for the organization's single sign-on"),
		keys, invited,
		{Area: access.AreaGates, Status: access.Partial, Expected: true, Reason: "a reviewer may be a \x1b[2Jteam that is not shown"},
		{Area: access.AreaCustomRoles, Status: access.Unavailable, Reason: "the plan has none"},
	}
}

func TestManyGapsAreToldOnceForEachStepThatHelps(t *testing.T) {
	var texts []string
	for _, s := range steps(weakGaps()) {
		if s.reason != "" {
			texts = append(texts, s.reason)
			continue
		}
		texts = append(texts, s.text())
	}
	want := []string{
		"an organization owner's token (scopes admin:org, read:org, repo); or an app that is installed on all repositories and may read " +
			"organization administration, organization members, metadata, organization custom organization roles; no app is told of two-factor",
		"a token (scope repo) of an administrator of the repository; or an app that may read administration",
		"authorize the token for the organization's single sign-on",
		"a reviewer may be a \x1b[2Jteam that is not shown", "the plan has none",
	}
	if got := strings.Join(texts, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("the steps are\n%s", got)
	}
	var b bytes.Buffer
	v := Audit{Run: Run{Org: access.Named{Ref: access.Ref{Kind: access.Org, ID: 1}, Name: "org:acme"}}, Gaps: weakGaps()}
	if err := Write(&b, v, Table, Options{}); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	if n := strings.Count(got, "would help"); n != 3 {
		t.Errorf("what would help is said %d times:\n%s", n, got)
	}
	for _, s := range []string{"deploy-keys (78 repositories), repository-invitations (80 repositories)", "ajar audit --offline --all --org acme",
		"environment-gates: a reviewer may be a \\u001b[2Jteam", "custom-roles: the plan has none (not counted as missing)"} {
		if !strings.Contains(strings.Join(strings.Fields(got), " "), s) {
			t.Errorf("%q is not said:\n%s", s, got)
		}
	}
}

func TestEveryAreaThatLacksIsNamedAndAllTellsItsReason(t *testing.T) {
	v := Audit{Run: Run{Org: access.Named{Name: "org:acme"}}, Gaps: weakGaps()}
	for _, f := range []Format{Table, Markdown, HTML} {
		for _, all := range []bool{false, true} {
			var b bytes.Buffer
			if err := Write(&b, v, f, Options{All: all}); err != nil {
				t.Fatal(err)
			}
			for _, g := range v.Gaps {
				if !strings.Contains(b.String(), string(g.Area)) {
					t.Errorf("%s, all %v: %s is not named", f, all, g.Area)
				}
				if all && strings.Count(b.String(), "GitHub refused") < 5 {
					t.Errorf("%s: --all does not tell each reason", f)
				}
			}
		}
	}
}
