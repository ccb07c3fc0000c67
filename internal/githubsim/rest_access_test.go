package githubsim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestOutsideCollaboratorsHaveAGrantAndNoMembership(t *testing.T) {
	owner, _, _, app := demo(t)
	want := []string{"dmitri-vale-ext", "ruth-imanov-ext", "sam-laaksonen-ext", "vera-machado-ext"}
	for _, who := range []caller{owner, app} {
		if got := logins(who.all(acme+"/outside_collaborators", "")); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestMembershipTellsStateAndRole(t *testing.T) {
	owner, _, _, _ := demo(t)
	for login, want := range map[string]string{
		"hugo-marangoni": "200 active admin", "greta-obuya": "200 active member", "quentin-adjei": "200 pending member",
		"vera-machado-ext": "404  ", "nobody": "404  ",
	} {
		a := owner.get(acme + "/memberships/" + login)
		if got := fmt.Sprintf("%d %s %s", a.status, a.key("state"), a.key("role")); got != want {
			t.Errorf("%s: %q, want %q", login, got, want)
		}
	}
}

func TestTeamMembersOfChildTeamsAreInherited(t *testing.T) {
	owner, _, _, _ := demo(t)
	got := map[string]string{}
	for _, v := range owner.all(acme+"/teams/platform/members", "") {
		m := v.(map[string]any)
		got[fmt.Sprint(m["login"])] = fmt.Sprintf("%v %v", m["role"], m["inherited"])
	}
	for login, want := range map[string]string{
		"tendai-lindqvist": "maintainer false", "kofi-brandvold": "member false", "adaeze-sorensen": "maintainer false",
		"noor-vasquez": "member true", // maintains the child team sre
	} {
		if got[login] != want {
			t.Errorf("%s: %q, want %q", login, got[login], want)
		}
	}
	if len(got) != 12 {
		t.Errorf("%d members, want 8 and 4 of the child team", len(got))
	}
	if got := logins(owner.all(acme+"/teams/sre/members?role=maintainer", "")); !slices.Equal(got, []string{"noor-vasquez"}) {
		t.Errorf("maintainers of sre: %q", got)
	}
	if a := owner.get(acme + "/teams/platform/memberships/noor-vasquez"); a.key("state") != "active" {
		t.Errorf("a member of the child team: %v", a.body)
	}
}

// rolesOf reads a team's repositories with the role it has on each.
func rolesOf(c caller, team string) map[string]string {
	out := map[string]string{}
	for _, v := range c.all(acme+"/teams/"+team+"/repos?per_page=3", "") {
		r := v.(map[string]any)
		out[fmt.Sprint(r["name"])] = fmt.Sprint(r["role_name"])
	}
	return out
}

func TestTeamRepositoriesWithTheParentsWhereAskedFor(t *testing.T) {
	for _, inherited := range []bool{false, true} {
		srv := simulate(t, Demo(), Options{InheritedTeamRepositories: inherited, Tokens: []Token{{Value: "owner", Scope: OwnerScope}}})
		sre := rolesOf(caller{t, srv.URL, "owner", srv.Client()}, "sre")
		for repo, want := range map[string]string{"control-plane": "maintain", "robot-sdk": "release-operator"} {
			if sre[repo] != want {
				t.Errorf("sre has %q on %s, want %q", sre[repo], repo, want)
			}
		}
		if _, there := sre["handbook"]; there != inherited { // granted to engineering
			t.Errorf("inherited repositories wanted: %v, got: %v", inherited, there)
		}
	}
}

func TestGrantOfOneTeamNamesItsCustomRole(t *testing.T) {
	owner, _, _, _ := demo(t)
	one := acme + "/teams/security/repos/acme-robotics/bootloader"
	if a := owner.get(one); a.status != 204 || a.body != nil {
		t.Errorf("without the media type: status %d, %v", a.status, a.body)
	}
	a := owner.get(one, "Accept", "application/vnd.github.v3.repository+json")
	if a.key("role_name") != "security-triage" || a.key("permissions", "triage") != "true" || a.key("permissions", "push") != "false" {
		t.Errorf("role %q, permissions %v", a.key("role_name"), a.key("permissions"))
	}
	if a := owner.get(acme + "/teams/sre/repos/acme-robotics/handbook"); a.status != 204 {
		t.Errorf("a grant of a parent: status %d, want 204", a.status)
	}
	if a := owner.get(acme + "/teams/security/repos/acme-robotics/website"); a.status != 404 {
		t.Errorf("a repository that the team has not: status %d", a.status)
	}
}

func TestSecretTeamIsSeenByItsMembersAndOwners(t *testing.T) {
	owner, member, _, app := demo(t)
	for _, c := range []struct {
		who  caller
		want int
	}{{owner, 10}, {app, 10}, {member, 9}} {
		if got := c.who.all(acme+"/teams?per_page=4", ""); len(got) != c.want {
			t.Errorf("%s sees %d teams, want %d", c.who.token, len(got), c.want)
		}
	}
}

func TestCollaboratorsByAffiliation(t *testing.T) {
	owner, member, _, app := demo(t)
	at := "/repos/acme-robotics/gripper-firmware/collaborators"
	for _, who := range []caller{owner, app, member} { // the member may push there
		if got := logins(who.all(at+"?affiliation=direct", "")); !slices.Equal(got, []string{"vera-machado-ext"}) {
			t.Errorf("%s, direct: %q", who.token, got)
		}
		if got := len(who.all(at+"?per_page=100", "")); got != 43 {
			t.Errorf("%s, all: %d people, want 42 members and one from outside", who.token, got)
		}
	}
	if got := logins(owner.all("/repos/acme-robotics/control-plane/collaborators?affiliation=outside", "")); len(got) != 0 {
		t.Errorf("from outside: %q", got)
	}
	if got := logins(owner.all("/repos/acme-robotics/bootloader/collaborators?permission=triage&per_page=100", "")); !slices.Equal(got, []string{"isaac-tuominen", "leila-vandermeer"}) {
		t.Errorf("with triage: %q", got)
	}
}

func TestPermissionOfOnePersonInOlderAndNewerWords(t *testing.T) {
	owner, _, _, _ := demo(t)
	for path, want := range map[string]string{
		"control-plane/collaborators/noor-vasquez":        "write maintain",
		"test-rig/collaborators/dana-kirkegaard":          "read triage",
		"control-plane/collaborators/leila-vandermeer":    "read security-triage",
		"robot-sdk/collaborators/aiko-rautio":             "write release-operator",
		"vision-core/collaborators/hana-drobny":           "admin admin",
		"bootloader/collaborators/vera-machado-ext":       "none none",
		"website/collaborators/vera-machado-ext":          "read read",   // public
		"slam-maps/collaborators/yara-lindholm":           "write write", // through an organization role
		"parts-catalog-mirror/collaborators/bo-almeida":   "read read",
		"legacy-dashboard/collaborators/rafael-sundqvist": "write write",
	} {
		a := owner.get("/repos/acme-robotics/" + path + "/permission")
		if got := a.key("permission") + " " + a.key("role_name"); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestRoleHoldersSayHowTheyHoldIt(t *testing.T) {
	owner, _, _, _ := demo(t, func(o *Org) {
		for _, r := range o.OrgRoles {
			if r.Name == "all_repo_write" {
				r.Teams = []string{"platform"}
				r.Users = append(r.Users, "kofi-brandvold", "greta-obuya")
			}
		}
	})
	id := ""
	for _, v := range owner.get(acme + "/organization-roles").body.(map[string]any)["roles"].([]any) {
		if r := v.(map[string]any); r["name"] == "all_repo_write" {
			id = fmt.Sprintf("%.0f", r["id"])
			if r["base_role"] != "write" || r["source"] != "Predefined" {
				t.Errorf("base role %v, source %v", r["base_role"], r["source"])
			}
		}
	}
	got := map[string]string{}
	for _, v := range owner.all(acme+"/organization-roles/"+id+"/users", "") {
		u := v.(map[string]any)
		got[fmt.Sprint(u["login"])] = fmt.Sprintf("%v %d", u["assignment"], len(u["inherited_from"].([]any)))
	}
	for login, want := range map[string]string{"yara-lindholm": "mixed 1", "kofi-brandvold": "mixed 1", "greta-obuya": "direct 0", "noor-vasquez": "indirect 1", "hana-drobny": ""} {
		if got[login] != want {
			t.Errorf("%s: %q, want %q", login, got[login], want)
		}
	}
	teams := owner.all(acme+"/organization-roles/"+id+"/teams", "")
	if len(teams) != 2 {
		t.Fatalf("%d teams, want platform and its child", len(teams))
	}
	for _, v := range teams {
		team := v.(map[string]any)
		if want := map[string]string{"platform": "direct", "sre": "indirect"}[fmt.Sprint(team["slug"])]; team["assignment"] != want {
			t.Errorf("%v: %v, want %s", team["slug"], team["assignment"], want)
		}
	}
}

func TestInvitationsPendingAndFailed(t *testing.T) {
	owner, _, _, _ := demo(t)
	pending := owner.get(acme + "/invitations")
	if len(pending.body.([]any)) != 2 || pending.key(0, "login") != "quentin-adjei" || pending.key(0, "email") != "" || pending.key(1, "email") == "" || pending.key(1, "team_count") != "2" {
		t.Errorf("pending: %v", pending.body)
	}
	id := fmt.Sprintf("%.0f", pending.body.([]any)[1].(map[string]any)["id"])
	if teams := owner.get(acme + "/invitations/" + id + "/teams"); teams.key(0, "slug") != "platform" || teams.key(1, "parent", "slug") != "platform" {
		t.Errorf("teams: %v", teams.body)
	}
	failed := owner.get(acme + "/failed_invitations")
	if len(failed.body.([]any)) != 1 || failed.key(0, "failed_reason") == "" || failed.key(0, "failed_at") == "" {
		t.Errorf("failed: %v", failed.body)
	}
	if a := owner.get("/repos/acme-robotics/docs/invitations"); a.key(0, "expired") != "true" || a.key(0, "invitee", "login") != "marta-holmqvist" {
		t.Errorf("to a repository: %v", a.body)
	}
}

func TestKeysTellTheirUse(t *testing.T) {
	owner, _, _, _ := demo(t)
	for repo, want := range map[string]string{
		"fleet-console": "ci-deploy false true used", "telemetry-pipeline": "legacy-sync true true used", "arm-firmware": "flash-station-3 true true never",
	} {
		a := owner.get("/repos/acme-robotics/" + repo + "/keys")
		used := "never"
		if a.key(0, "last_used") != "" {
			used = "used"
		}
		if got := fmt.Sprintf("%s %s %s %s", a.key(0, "title"), a.key(0, "read_only"), a.key(0, "enabled"), used); got != want {
			t.Errorf("%s: %q, want %q", repo, got, want)
		}
		if a.key(0, "added_by") == "" || !strings.HasPrefix(a.key(0, "key"), "ssh-ed25519 AAAA") {
			t.Errorf("%s: added by %q, key %q", repo, a.key(0, "added_by"), a.key(0, "key"))
		}
	}
}

func TestEnvironmentsTellTheirGates(t *testing.T) {
	owner, _, _, _ := demo(t)
	at := "/repos/acme-robotics/"
	eu := owner.get(at + "control-plane/environments/production-eu")
	if eu.key("protection_rules", 0, "type") != "required_reviewers" || eu.key("protection_rules", 0, "prevent_self_review") != "true" ||
		eu.key("protection_rules", 0, "reviewers", 0, "reviewer", "slug") != "leads" || eu.key("protection_rules", 0, "reviewers", 1, "reviewer", "login") != "jonas-tamura" {
		t.Errorf("reviewers: %v", eu.key("protection_rules"))
	}
	if eu.key("can_admins_bypass") != "false" || eu.key("deployment_branch_policy", "custom_branch_policies") != "true" {
		t.Errorf("bypass %q, branches %q", eu.key("can_admins_bypass"), eu.key("deployment_branch_policy"))
	}
	patterns := owner.get(at + "control-plane/environments/production-eu/deployment-branch-policies")
	if patterns.key("total_count") != "2" || patterns.key("branch_policies", 1, "name") != "release/*" {
		t.Errorf("patterns: %v", patterns.body)
	}
	if a := owner.get(at + "website/environments/production"); a.key("deployment_branch_policy") != "" {
		t.Errorf("any branch may deploy the website, but: %v", a.body)
	}
	if a := owner.get(at + "fleet-api/environments/production"); a.key("can_admins_bypass") != "true" {
		t.Errorf("admins may bypass: %v", a.body)
	}
	if a := owner.get(at + "customer-portal/environments/production"); a.key("protection_rules", 0, "type") != "branch_policy" {
		t.Errorf("nobody reviews the portal, but: %v", a.body)
	}
	if a := owner.get(at + "infra-live/environments/production"); a.key("protection_rules", 0, "wait_timer") != "15" {
		t.Errorf("a wait of 15 minutes: %v", a.body)
	}
	if a := owner.get(at + "identity-gateway/environments/production/deployment_protection_rules"); a.key("custom_deployment_protection_rules", 0, "app", "slug") != "change-window" {
		t.Errorf("gate apps: %v", a.body)
	}
	if a := owner.get(at + "handbook/environments"); a.key("total_count") != "0" || len(a.body.(map[string]any)["environments"].([]any)) != 0 {
		t.Errorf("no environments: %v", a.body)
	}
}
