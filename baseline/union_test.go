package baseline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// oneAssignment is what the property test draws; the naive answer below reads
// it directly, without globs, sets or merging.
type oneAssignment struct {
	privilege   access.Privilege
	standing    bool
	everyone    bool
	person      int // index into people
	repo        string
	from, until int // days around now; until 0: no end
}

func drawAssignment(t *rapid.T) oneAssignment {
	return oneAssignment{
		privilege: rapid.SampledFrom([]access.Privilege{access.Read, access.Triage, access.Write, access.Maintain, access.Admin}).Draw(t, "privilege"),
		standing:  rapid.Bool().Draw(t, "standing"),
		everyone:  rapid.Bool().Draw(t, "everyone"),
		person:    rapid.IntRange(0, len(people)-1).Draw(t, "person"),
		repo:      rapid.SampledFrom([]string{"*", "web-*", "*a*", "api", "infra"}).Draw(t, "repo"),
		from:      rapid.IntRange(-5, 2).Draw(t, "from"),
		until:     rapid.SampledFrom([]int{0, 3, 9, 500}).Draw(t, "until"),
	}
}

func (a oneAssignment) toml(i int) string {
	to := "user:" + people[a.person]
	if a.everyone {
		to = "user:*"
	}
	start := now.Truncate(day).AddDate(0, 0, a.from)
	s := fmt.Sprintf("[roles.r%d]\nrepository = %q\nstanding = %v\n[[assign]]\nrole = \"r%d\"\nto = [%q]\non = [\"repo:acme/%s\"]\nstarts = %s\n",
		i, a.privilege, a.standing, i, to, a.repo, start.Format(time.DateOnly))
	if a.until > 0 {
		return s + "expires = " + start.AddDate(0, 0, a.until-1).Format(time.DateOnly) + "\n"
	}
	return s + "standing_reason = \"x\"\nreview_by = 2030-01-01\n"
}

func (a oneAssignment) covers(person int, repo string) bool {
	return (a.everyone || a.person == person) && newGlob(a.repo).match(strings.ToLower(repo))
}

func (a oneAssignment) holds(at time.Time) (begun, ended bool) {
	start := now.Truncate(day).AddDate(0, 0, a.from)
	return !at.Before(start), a.until > 0 && !at.Before(start.AddDate(0, 0, a.until))
}

func TestEntitlementIsTheUnionOfWhatIsInForceAndTheHighestWins(t *testing.T) {
	snap := acme()
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(drawAssignment), 1, 6).Draw(t, "assignments")
		var text strings.Builder
		for i, a := range all {
			text.WriteString(a.toml(i))
		}
		b, err := Parse([]File{{"b.toml", []byte(text.String())}})
		if err != nil {
			t.Fatalf("%v\n%s", err, text.String())
		}
		bound, _ := b.Bind(snap)
		at := now.AddDate(0, 0, rapid.IntRange(-7, 12).Draw(t, "day"))
		person := rapid.IntRange(0, len(people)-1).Draw(t, "who")
		repo := rapid.SampledFrom(snap.Repositories).Draw(t, "repo")
		standing, jit, expired := access.None, access.None, 0
		for _, a := range all {
			begun, ended := a.holds(at)
			switch {
			case !a.covers(person, repo.Name):
			case ended && a.standing:
				expired++
			case !begun || ended:
			case a.standing:
				standing = max(standing, a.privilege)
			default:
				jit = max(jit, a.privilege)
			}
		}
		got := bound.OnRepo(user(people[person]), repo.ID, at)
		if got.Privilege != standing || got.JITOnly != jit || len(got.Expired) != expired {
			t.Fatalf("have %v, %v, %d expired; want %v, %v, %d\n%s", got.Privilege, got.JITOnly, len(got.Expired), standing, jit, expired, text.String())
		}
	})
}

func TestTheOrderOfFilesChangesNothing(t *testing.T) {
	snap := acme()
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(drawAssignment), 2, 6).Draw(t, "assignments")
		var there, back []File
		for i, a := range all {
			there = append(there, File{fmt.Sprintf("%d.toml", i), []byte(a.toml(i))})
			back = append(back, File{fmt.Sprintf("%d.toml", 9-i), []byte(a.toml(i))})
		}
		b1, err1 := Parse(there)
		b2, err2 := Parse(back)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if b1.Hash() != b2.Hash() {
			t.Fatal("the hashes differ")
		}
		x, _ := b1.Bind(snap)
		y, _ := b2.Bind(snap)
		for i := range people {
			for _, r := range snap.Repositories {
				p, q := x.OnRepo(user(people[i]), r.ID, now), y.OnRepo(user(people[i]), r.ID, now)
				if p.Privilege != q.Privilege || p.JITOnly != q.JITOnly || p.Accepted != q.Accepted || !p.Until.Equal(q.Until) {
					t.Fatalf("%+v and %+v", p, q)
				}
			}
		}
	})
}

func TestAcceptanceHoldsWhileItsDateIsNear(t *testing.T) {
	at := func(days int) time.Time { return now.AddDate(0, 0, days) }
	for name, c := range map[string]struct {
		a    Acceptance
		want bool
	}{
		"nothing":                 {Acceptance{}, false},
		"an end to come":          {Acceptance{Expires: at(10)}, true},
		"an end that is over":     {Acceptance{Expires: at(0)}, false},
		"an end in a year":        {Acceptance{Expires: at(365)}, true},
		"an end in more":          {Acceptance{Expires: at(366)}, false},
		"a review to come":        {Acceptance{Reason: "x", ReviewBy: at(1)}, true},
		"a review that is due":    {Acceptance{Reason: "x", ReviewBy: at(0)}, false},
		"a review without reason": {Acceptance{ReviewBy: at(1)}, false},
	} {
		if got := c.a.inForce(now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWaiversMatchByIDsAndEnd(t *testing.T) {
	text := `[[waiver]]
match = { rule = "deploy-key-*", resource = "repo:acme/api", principal = "key:acme/api#901" }
reason = "TICKET-77"
owner = "user:cto"
expires = 2027-01-31

[[waiver]]
match = { rule = "member-stale", principal = "user:dan" }
reason = "on leave"
owner = "user:cto"
expires = 2028-01-31

[[waiver]]
match = { rule = "owner-not-listed" }
reason = "moving"
owner = "user:cto"
starts = 2026-12-01
expires = 2026-12-31
`
	b, problems := bind(t, text, acme())
	if len(problems) != 1 || !strings.HasPrefix(problems[0], "b.toml:7:1: this waiver reaches to 2028-01-31") {
		t.Errorf("%v", problems)
	}
	key := access.Named{Ref: access.Ref{Kind: access.Key, ID: 901}, Name: "key:Acme/api#901"}
	repo := func(id int64) access.Named { return access.Named{Ref: access.Ref{Kind: access.Repo, ID: id}} }
	dan := access.Named{Ref: user("dan")}
	cases := []struct {
		name string
		f    access.Finding
		at   time.Time
		want bool
	}{
		{"matches", access.Finding{Rule: "deploy-key-write", Principal: key, Resource: repo(api)}, now, true},
		{"the last instant", access.Finding{Rule: "deploy-key-write", Principal: key, Resource: repo(api)}, time.Date(2027, 1, 31, 23, 59, 59, 0, time.UTC), true},
		{"the day after", access.Finding{Rule: "deploy-key-write", Principal: key, Resource: repo(api)}, time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC), false},
		{"another rule", access.Finding{Rule: "archived-write", Principal: key, Resource: repo(api)}, now, false},
		{"another repository", access.Finding{Rule: "deploy-key-write", Principal: key, Resource: repo(infra)}, now, false},
		{"another principal", access.Finding{Rule: "deploy-key-write", Principal: dan, Resource: repo(api)}, now, false},
		{"a re-used name", access.Finding{Rule: "deploy-key-write", Principal: access.Named{Ref: access.Ref{Kind: access.Key, ID: 1}, Name: key.Name}, Resource: repo(api)}, now, false},
		{"too long", access.Finding{Rule: "member-stale", Principal: dan}, now, false},
		{"not begun", access.Finding{Rule: "owner-not-listed"}, now, false},
		{"begun", access.Finding{Rule: "owner-not-listed"}, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), true},
	}
	for _, c := range cases {
		if w, ok := b.Waive(c.f, c.at); ok != c.want || ok && w.Reason == "" {
			t.Errorf("%s: %v %+v", c.name, ok, w)
		}
	}
}

// big is 1 000 assignments on 10 000 repositories with 9 000 environments.
func big(tb testing.TB) (*Baseline, *access.Snapshot) {
	s := &access.Snapshot{TakenAt: now, Coverage: allComplete(), Org: access.Organization{ID: 99, Login: "acme"}}
	for i := range int64(5000) {
		s.People = append(s.People, access.Person{ID: i + 1, Login: fmt.Sprintf("person-%d", i)})
	}
	for i := range int64(1000) {
		s.Teams = append(s.Teams, access.TeamInfo{ID: i + 1, Slug: fmt.Sprintf("team-%d", i)})
	}
	for i := range int64(10000) {
		s.Repositories = append(s.Repositories, access.Repository{ID: i + 1, Name: fmt.Sprintf("repo-%d-%s", i, []string{"api", "web", "infra"}[i%3])})
		if i%10 < 3 {
			for k, n := range []string{"staging", "production", fmt.Sprintf("review-%d", i)} {
				s.Environments = append(s.Environments, access.Environment{ID: i*3 + int64(k) + 1, Repo: i + 1, Name: n})
			}
		}
	}
	var text strings.Builder
	text.WriteString("[roles.dev]\nrepository = \"write\"\nenvironments = { \"staging\" = [\"deploy\"], \"rev*7\" = [\"deploy\"] }\nstanding_reason = \"x\"\nreview_by = 2027-06-30\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "[[assign]]\nrole = \"dev\"\nto = [\"team:acme/team-%d\", \"user:person-%d\"]\non = [\"repo:acme/repo-%d*\", \"repo:acme/*-%d-web\", \"env:acme/repo-%d*/prod*\"]\n", i, i, i%100, i, i)
	}
	text.WriteString("[[environment]]\nmatch = [\"env:acme/*/production\"]\nrequire_reviewers = true\n")
	b, err := Parse([]File{{"big.toml", []byte(text.String())}})
	if err != nil {
		tb.Fatal(err)
	}
	return b, s
}

func TestBindIsFastAndSoAreItsAnswers(t *testing.T) {
	b, s := big(t)
	start := time.Now()
	bound, problems := b.Bind(s)
	if Problems(problems).Err() != nil {
		t.Fatal(problems)
	}
	took := time.Since(start)
	start = time.Now()
	n := 0
	for i := range 100_000 {
		if bound.OnRepo(team(int64(i%1000+1)), int64(i%10000+1), now).Standing {
			n++
		}
	}
	t.Logf("bound in %v; 100 000 answers in %v, %d entitled", took, time.Since(start), n)
	if took > 10*time.Second || time.Since(start) > 10*time.Second {
		t.Error("a baseline of ordinary size takes seconds")
	}
}

func BenchmarkBind(b *testing.B) {
	base, s := big(b)
	for b.Loop() {
		base.Bind(s)
	}
}
