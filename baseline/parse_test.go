package baseline

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
)

func parse(t *testing.T, text string) *Baseline {
	t.Helper()
	b, err := Parse([]File{{"b.toml", []byte(text)}})
	if err != nil {
		t.Fatalf("the baseline does not load:\n%v", err)
	}
	return b
}

func TestFullExampleLoadsWithEveryKey(t *testing.T) {
	b, err := Load([]string{"testdata/full.toml"})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Warnings()) > 0 {
		t.Errorf("warnings: %v", b.Warnings())
	}
	counts := map[string][2]int{
		"roles": {len(b.Roles), 7}, "assign": {len(b.Assignments), 9}, "organization": {len(b.Organizations), 1},
		"environment": {len(b.Environments), 2}, "team": {len(b.Teams), 2}, "key": {len(b.Keys), 2}, "app": {len(b.Apps), 1}, "token": {len(b.Tokens), 1},
		"webhook": {len(b.Webhooks), 1}, "bypass": {len(b.Bypasses), 1}, "waiver": {len(b.Waivers), 1},
	}
	for what, n := range counts {
		if n[0] != n[1] {
			t.Errorf("%d entries of %s, want %d", n[0], what, n[1])
		}
	}
	r, _ := b.Role("RELEASE-approver")
	if r.Standing || r.MaxDuration != 8*time.Hour || r.Privilege != access.Maintain || r.Approvals != 1 {
		t.Errorf("role release-approver is %+v", r)
	}
	if got := b.Assignments[2].Acceptance.Expires; !got.Equal(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("a date ends at %v, want the end of that day in UTC", got)
	}
	if got := b.Assignments[3].Acceptance.Expires; !got.Equal(time.Date(2026, 10, 31, 18, 0, 0, 0, time.UTC)) {
		t.Errorf("a time ends at %v, want itself", got)
	}
	if b.StaleLimits.DeployKey != 91*24*time.Hour {
		t.Errorf("13w is %v", b.StaleLimits.DeployKey)
	}
	o := b.Organizations[0]
	for key, field := range o.Rules.flags() {
		if *field == nil {
			t.Errorf("%s was not read", key)
		}
	}
}

const okRole = "[roles.tester]\nrepository = \"read\"\n"
const okAssign = "[[assign]]\nrole = \"tester\"\nto = [\"team:acme/qa\"]\non = [\"repo:acme/*\"]\n"

// complaints lists files by name and the exact lines they must give.
var complaints = []struct {
	name  string
	files map[string]string
	want  string
}{
	{"an unknown key, with the nearest one", map[string]string{"b.toml": "[roles.tester]\nrepositry = \"read\"\nrepository = \"read\"\n" + okAssign},
		`b.toml:2:1: unknown key "repositry" in [roles.tester] (did you mean "repository"?)`},
	{"an unknown table", map[string]string{"b.toml": okRole + okAssign + "[[assigns]]\nrole = \"x\"\n"},
		`b.toml:7:1: unknown key "assigns" (did you mean "assign"?)`},
	{"a wrong type", map[string]string{"b.toml": okRole + "standing = \"no\"\n" + okAssign},
		`b.toml:3:12: standing must be true or false, not text`},
	{"a date in quotes", map[string]string{"b.toml": okRole + okAssign + "expires = \"2027-01-31\"\n"},
		`b.toml:7:11: expires must be a date, not text (such as 2027-01-31, without quotes)`},
	{"a time without a date", map[string]string{"b.toml": okRole + okAssign + "expires = 18:00:00\n"},
		`b.toml:7:11: expires must be a date, not a time without a date (such as 2027-01-31)`},
	{"a day that February does not have", map[string]string{"b.toml": okRole + okAssign + "expires = 2027-02-30\n"},
		`b.toml:7:11: 2027-02-30 is not a date: February 2027 has 28 days (write a date as 2027-01-31, a time as 2027-01-31T18:00:00Z)`},
	{"a month that no year has", map[string]string{"b.toml": "[roles.x]\nrepository = \"read\"\nexpires = 2027-13-01T00:00:00Z\n" + okAssign + okRole},
		`b.toml:3:11: 2027-13-01T00:00:00Z is not a date: there is no month 13 (write a date as 2027-01-31, a time as 2027-01-31T18:00:00Z)`},
	{"a date with short parts", map[string]string{"b.toml": "[roles.x]\nrepository = \"read\"\nexpires = 2027-1-5\n" + okAssign + okRole},
		`b.toml:3:11: 2027-1-5 is not a date (write a date as 2027-01-31, a time as 2027-01-31T18:00:00Z)`},
	{"an unknown role", map[string]string{"b.toml": okRole + strings.Replace(okAssign, `"tester"`, `"testr"`, 1)},
		`b.toml:4:8: there is no role "testr" (did you mean "tester"?)`},
	{"a privilege that does not exist", map[string]string{"b.toml": "[roles.x]\nrepository = \"wirte\"\n"},
		`b.toml:2:14: "wirte" is not a privilege on a repository (did you mean "write"? a custom role of that name is written "role:wirte")`},
	{"a privilege of another kind", map[string]string{"b.toml": "[roles.x]\nrepository = \"approve\"\n"},
		`b.toml:2:14: "approve" is not a privilege on a repository (allowed: read, triage, write, maintain, admin, or a custom role's name)`},
	{"an environment privilege that does not exist", map[string]string{"b.toml": "[roles.x]\nenvironments = { \"prod*\" = [\"deploy\", \"aprove\"] }\n"},
		`b.toml:2:39: "aprove" is not a privilege on an environment (did you mean "approve"?)`},
	{"standing ownership by a role", map[string]string{"b.toml": "[roles.x]\norganization = \"owner\"\n"},
		`b.toml:2:16: a role gives ownership only with standing = false (list standing owners in [organization.ORG] owners)`},
	{"a role that gives nothing", map[string]string{"b.toml": "[roles.x]\ndescription = \"x\"\n"},
		`b.toml:1:1: [roles.x] gives nothing (give it repository, environments or organization)`},
	{"elevation settings on a standing role", map[string]string{"b.toml": okRole + "max_duration = \"8h\"\n" + okAssign},
		`b.toml:3:1: max_duration is for elevations, but [roles.tester] is standing (say standing = false)`},
	{"a duration without a unit", map[string]string{"b.toml": okRole + okAssign + "[stale]\nmember = \"90\"\n"},
		`b.toml:8:10: member: "90" is not a length of time (write it as "90d", "2w" or "72h30m")`},
	{"a duration that is a number", map[string]string{"b.toml": okRole + okAssign + "[stale]\nmember = 90\n"},
		`b.toml:8:10: member must be a length of time, not a number (write it as "90d", "2w" or "72h30m")`},
	{"a pattern of a kind that cannot stand there", map[string]string{"b.toml": okRole + "[[assign]]\nrole = \"tester\"\nto = [\"repo:acme/x\"]\non = [\"team:acme/x\"]\n"},
		"b.toml:5:7: to: \"repo:acme/x\" cannot stand here; write user:LOGIN, team:ORG/SLUG, app:SLUG or key:ORG/REPO#ID\n" +
			"b.toml:6:7: on: \"team:acme/x\" cannot stand here; write org:ORG, repo:ORG/NAME or env:ORG/REPO/NAME"},
	{"a pattern that is not complete", map[string]string{"b.toml": okRole + "[[assign]]\nrole = \"tester\"\nto = [\"team:sre\"]\non = [\"repo:acme/*\"]\n"},
		`b.toml:5:7: to: "team:sre" is not complete; write team:ORG/SLUG`},
	{"an empty list", map[string]string{"b.toml": okRole + "[[assign]]\nrole = \"tester\"\nto = []\non = [\"repo:acme/*\"]\n"},
		`b.toml:5:6: to of [[assign]] is empty`},
	{"an assignment without its parts", map[string]string{"b.toml": okRole + "[[assign]]\nreason = \"x\"\n"},
		"b.toml:3:1: [[assign]] has no on (on = [\"repo:ORG/*\"])\n" +
			"b.toml:3:1: [[assign]] has no role (role = the name of one of [roles])\n" +
			"b.toml:3:1: [[assign]] has no to (to = [\"team:ORG/SLUG\"])"},
	{"a role that gives nothing on the resource", map[string]string{"b.toml": okRole + "[[assign]]\nrole = \"tester\"\nto = [\"user:a\"]\non = [\"org:acme\"]\n"},
		`b.toml:6:7: role "tester" gives nothing on an organization (for its repositories write repo:acme/*)`},
	{"standing privileged access without an end", map[string]string{"b.toml": "[roles.dev]\nrepository = \"write\"\n[[assign]]\nrole = \"dev\"\nto = [\"user:a\"]\non = [\"repo:acme/*\"]\n"},
		`b.toml:3:1: standing access with write needs an end or a reason (add expires = a date at most 365 days ahead, or standing_reason with review_by; or standing = false in the role)`},
	{"a standing reason without a review", map[string]string{"b.toml": "[roles.dev]\nrepository = \"read\"\nstanding_reason = \"always\"\n" + strings.Replace(okAssign, "tester", "dev", 1)},
		`b.toml:3:1: [roles.dev] has standing_reason without review_by`},
	{"an end before the start", map[string]string{"b.toml": okRole + okAssign + "starts = 2027-02-01\nexpires = 2027-01-01\n"},
		`b.toml:8:1: this assignment ends before it starts`},
	{"a waiver without anything", map[string]string{"b.toml": okRole + okAssign + "[[waiver]]\nmatch = { rule = \"x\" }\n"},
		"b.toml:7:1: [[waiver]] has no expires (expires = the date after which the finding is back)\n" +
			"b.toml:7:1: [[waiver]] has no owner (owner = \"user:LOGIN\")\n" +
			"b.toml:7:1: [[waiver]] has no reason (reason = \"why this is allowed\")"},
	{"a waiver of every rule", map[string]string{"b.toml": "[[waiver]]\nmatch = { rule = \"*\" }\nreason = \"x\"\nowner = \"user:a\"\nexpires = 2027-01-01\n"},
		`b.toml:2:18: a waiver cannot match every rule (name the rule)`},
	{"a waiver that lasts too long", map[string]string{"b.toml": "[[waiver]]\nmatch = { rule = \"x\" }\nreason = \"x\"\nowner = \"user:a\"\nstarts = 2026-01-01\nexpires = 2026-12-31\n"},
		`b.toml:1:1: this waiver lasts 365d (at most 90d; [waivers] longest changes it)`},
	{"too many reviewers", map[string]string{"b.toml": "[[environment]]\nmatch = [\"env:a/b/c\"]\nreviewers = [\"user:1\",\"user:2\",\"user:3\",\"user:4\",\"user:5\",\"user:6\",\"user:7\"]\n"},
		`b.toml:3:13: reviewers lists 7; GitHub allows 6 (name a team instead of its people)`},
	{"reviewers that nobody requires", map[string]string{"b.toml": "[[environment]]\nmatch = [\"env:a/b/c\"]\nreviewers = [\"user:a\"]\nrequire_reviewers = false\n"},
		`b.toml:3:1: reviewers are listed, but require_reviewers is false`},
	{"a reviewer that is a pattern", map[string]string{"b.toml": "[[environment]]\nmatch = [\"env:a/b/c\"]\nreviewers = [\"team:a/*\"]\n"},
		`b.toml:3:14: reviewers: "team:a/*" has a *, which cannot stand here (name each one)`},
	{"a class that does not exist", map[string]string{"b.toml": "[organization.acme]\nmanage = [\"onwers\"]\n"},
		`b.toml:2:11: there is no class "onwers" to manage (did you mean "owners"?)`},
	{"a base permission that does not exist", map[string]string{"b.toml": "[organization.acme]\nbase_permission = \"maintain\"\n"},
		`b.toml:2:19: base_permission cannot be "maintain" (allowed: admin, none, read, write)`},
	{"members that are neither", map[string]string{"b.toml": "[organization.acme]\nmembers = \"all\"\n"},
		`b.toml:2:11: members cannot be "all" (write "any" or a list of user:LOGIN)`},
	{"a key that may write for ever", map[string]string{"b.toml": "[[key]]\nmatch = [\"key:a/b#1\"]\nwrite = true\nreason = \"x\"\n"},
		`b.toml:3:1: a key that may write needs an end or a reason (add expires, or standing_reason with review_by)`},
	{"a number out of bounds", map[string]string{"b.toml": "[[environment]]\nmatch = [\"env:a/b/c\"]\nwait_timer = 99999\n"},
		`b.toml:3:14: wait_timer is 99999; it must be from 0 to 43200`},
	{"a privilege that cannot be privileged", map[string]string{"b.toml": okRole + okAssign + "[standing]\nprivileged = [\"admni\"]\n"},
		`b.toml:8:15: "admni" is not a privilege that can be privileged (did you mean "admin"?)`},
	{"broken TOML", map[string]string{"b.toml": "[roles.x]\nrepository = read\n"},
		`b.toml:2:14: not valid TOML: expected value but found "read" instead (text stands in quotes)`},
	{"a table written twice", map[string]string{"b.toml": "[roles.x]\nrepository = \"read\"\n[roles.x]\nrepository = \"write\"\n"},
		`b.toml:3:2: not valid TOML: key 'roles.x' has already been defined`},
	{"an empty file", map[string]string{"b.toml": "# nothing yet\n"},
		`b.toml: the file is empty (write at least one [[assign]] or [organization.ORG], or take the file away)`},
	{"roles and nothing else", map[string]string{"b.toml": okRole},
		`b.toml: the baseline says nothing (write at least one [[assign]] or [organization.ORG])`},
	{"a byte order mark", map[string]string{"b.toml": "\ufeff" + okRole},
		`b.toml:1:1: the file begins with a byte order mark (save it as UTF-8 without BOM)`},
	{"bytes that are no UTF-8", map[string]string{"b.toml": okRole + "# caf\xe9\n"},
		`b.toml:3:6: the file is not UTF-8: byte 0xe9 (save it as UTF-8)`},
	{"a NUL byte", map[string]string{"b.toml": okRole + "\x00"},
		`b.toml:3:1: the file has a NUL byte (save it as UTF-8 text)`},
	{"a role in two files", map[string]string{"a.toml": okRole + okAssign, "b.toml": "\n" + okRole},
		`b.toml:2:1: role "tester" is also defined at a.toml:1:1 (rename one, or say override = true in the one that decides)`},
	{"a setting in two files", map[string]string{"a.toml": "[organization.acme]\nbase_permission = \"read\"\n", "b.toml": "[organization.Acme]\nbase_permission = \"none\"\n"},
		`b.toml:2:1: [organization.acme] sets base_permission to another value than a.toml:2:1 (keep one, or say override = true beside the one that decides)`},
	{"a limit in two files", map[string]string{"a.toml": okRole + okAssign + "[stale]\nmember = \"90d\"\n", "b.toml": "[stale]\nmember = \"60d\"\n"},
		`b.toml:2:1: [stale] sets member to another value than a.toml:8:1 (keep one, or say override = true beside the one that decides)`},
	{"every complaint of every file at once", map[string]string{"a.toml": "[roles.x]\nrepository = 3\nfoo = 1\n", "b.toml": "x = [\n"},
		"a.toml:2:14: repository must be text, not a number\n" +
			"a.toml:3:1: unknown key \"foo\" in [roles.x] (allowed: approvals, approvers, description, environments, expires, extras, max_duration, organization, override, reason, repository, review_by, standing, standing_reason)\n" +
			"b.toml:1:6: not valid TOML: unexpected EOF; expected value"},
}

func TestEveryComplaintSaysWhereWhatAndWhatToDo(t *testing.T) {
	for _, c := range complaints {
		t.Run(c.name, func(t *testing.T) {
			var files []File
			for _, name := range sortedKeys(c.files) {
				files = append(files, File{name, []byte(c.files[name])})
			}
			_, err := Parse(files)
			var ps Problems
			if !errors.As(err, &ps) {
				t.Fatalf("gave %v, want problems", err)
			}
			if diff := cmp.Diff(c.want, ps.Error()); diff != "" {
				t.Errorf("want -, have +:\n%s", diff)
			}
		})
	}
}

func TestOverrideDecidesBetweenFiles(t *testing.T) {
	b, err := Parse([]File{
		{"a.toml", []byte(okRole + okAssign + "[organization.acme]\nbase_permission = \"read\"\nrequire_two_factor = true\n")},
		{"b.toml", []byte("[roles.tester]\nrepository = \"triage\"\noverride = true\n[organization.acme]\nbase_permission = \"none\"\noverride = true\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, _ := b.Role("tester")
	rules := b.Organizations[0].Rules
	if r.Privilege != access.Triage || rules.BasePermission != access.None || rules.RequireTwoFactor == nil {
		t.Errorf("role %v, rules %+v: want triage, none, and two-factor from the other file", r.Privilege, rules)
	}
}

func TestSayingTheSameTwiceIsNoConflict(t *testing.T) {
	text := []byte("[organization.acme]\nbase_permission = \"read\"\nowners = [\"user:a\"]\n")
	if _, err := Parse([]File{{"a.toml", text}, {"b.toml", text}}); err != nil {
		t.Error(err)
	}
}

func TestNonASCIINamesAreWarnedOf(t *testing.T) {
	b := parse(t, okRole+strings.Replace(okAssign, "team:acme/qa", "user:p\u0430ul", 1))
	want := "b.toml:5:7: to: \"user:p\\u0430ul\" is not plain ASCII (check that no look-alike letter slipped in)"
	if got := b.Warnings().Error(); got != want {
		t.Errorf("have %s\nwant %s", got, want)
	}
}

func TestMissingAndEmptyBaselinesAreErrors(t *testing.T) {
	empty := t.TempDir()
	file := filepath.Join(t.TempDir(), "b.toml")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, paths := range map[string][]string{
		"no path": nil, "a missing file": {filepath.Join(empty, "none.toml")}, "a folder without files": {empty}, "an empty file": {file},
	} {
		if _, err := Load(paths); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestFolderIsMergedInTheOrderOfNames(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"b.toml": okAssign, "a.toml": okRole, "notes.txt": "x ="} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := Load([]string{dir, filepath.Join(dir, "a.toml")})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Roles) != 1 || len(b.Assignments) != 1 {
		t.Errorf("%d roles and %d assignments, want one of each", len(b.Roles), len(b.Assignments))
	}
}

func TestHashKnowsMeaningAndNotForm(t *testing.T) {
	text, err := os.ReadFile("testdata/full.toml")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := Parse([]File{{"full.toml", text}})
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.SplitAfter(string(text), "\n\n")
	var files []File
	for i := len(blocks) - 1; i >= 0; i-- {
		if strings.HasPrefix(blocks[i], "#") {
			continue
		}
		body := "# moved\n\n  " + strings.ReplaceAll(blocks[i], " = ", "   =  ")
		files = append(files, File{string(rune('a'+i%26)) + strings.Repeat("x", i/26+1) + ".toml", []byte(body)})
	}
	split, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	if whole.Hash() != split.Hash() {
		t.Error("the same content in many files, in another order, has another hash")
	}
	for _, change := range [][2]string{{`base_permission = "read"`, `base_permission = "none"`}, {"2027-01-31", "2027-01-30"},
		{`"user:fay"`, `"user:gus"`}, {"standing = false", "standing = true"}, {"wait_timer = 0", "wait_timer = 1"}} {
		changed := strings.Replace(string(text), change[0], change[1], 1)
		b, err := Parse([]File{{"full.toml", []byte(changed)}})
		if err == nil && b.Hash() == whole.Hash() {
			t.Errorf("changing %s to %s does not change the hash", change[0], change[1])
		}
	}
}

func TestWaiverOfAnUnknownRuleIsFound(t *testing.T) {
	b := parse(t, "[[waiver]]\nmatch = { rule = \"deploy-key-wirte\" }\nreason = \"x\"\nowner = \"user:a\"\nexpires = 2027-01-01\n")
	want := `b.toml:2:18: there is no rule "deploy-key-wirte" to waive (did you mean "deploy-key-write"?)`
	if got := b.CheckRules([]string{"deploy-key-write", "member-stale"}).Error(); got != want {
		t.Errorf("have %s\nwant %s", got, want)
	}
}

func TestTimeBoundChecksNeedAClock(t *testing.T) {
	b := parse(t, "[roles.dev]\nrepository = \"write\"\n[[assign]]\nrole = \"dev\"\nto = [\"user:a\"]\non = [\"repo:acme/*\"]\nexpires = 2029-01-01\n"+
		"[[waiver]]\nmatch = { rule = \"x\" }\nreason = \"x\"\nowner = \"user:a\"\nexpires = 2028-01-01\n")
	at := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	want := "b.toml:3:1: standing access with write is accepted until 2029-01-01 (an acceptance reaches at most 365 days ahead)\n" +
		"b.toml:8:1: this waiver reaches to 2028-01-01, which is too far ahead (at most 90d ahead; [waivers] longest changes it)"
	if diff := cmp.Diff(want, b.Check(at).Error()); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
	if got := b.Check(at.AddDate(2, 0, 0)); len(got) != 1 || !got[0].Warning {
		t.Errorf("later: %v, want a warning that the waiver is over", got)
	}
}
