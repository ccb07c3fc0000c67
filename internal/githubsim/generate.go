package githubsim

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"
)

// Size is how large a generated organization is.
type Size struct {
	Repositories, Members, Teams int
}

// The sizes that the performance goals speak of.
var (
	S  = Size{Repositories: 1_000, Members: 500, Teams: 100}
	L  = Size{Repositories: 10_000, Members: 5_000, Teams: 1_000}
	XL = Size{Repositories: 100_000, Members: 20_000, Teams: 5_000}
)

// GenOptions vary a generated organization. The zero value is an enterprise
// organization with base permission none and small teams, as of 2026-06-01.
type GenOptions struct {
	Seed           uint64    // the same seed gives the same world
	Now            time.Time // the moment the world describes
	Plan           string    // enterprise, team or free
	BasePermission string    // none, read, write or admin
	PlainRoles     bool      // no custom repository roles, which an enterprise has otherwise
	Dense          bool      // ten teams hold 2 500 people each (half of the members if there are fewer), and each repository is given to one of them
}

// Generate makes up one organization "acme". Seeded and deterministic: equal
// arguments give equal worlds. What it holds, by count:
//
//   - owners: one member in a hundred, at least three; outside collaborators: as many
//   - teams: 95 % of 2 to 8 people, 5 % of 100 to 120; two in five have a parent, four levels at most
//   - repositories: 6 to 10 team grants (8 on average); three in ten have 1 to 3 direct grants
//   - three in ten repositories have three environments, the production one with reviewers on two of three
//   - one repository in five has a deploy key; each has one branch protection pattern
//   - seven in ten members have an entry in the audit log of the last 180 days (enterprise only)
func Generate(size Size, o GenOptions) *World {
	if o.Now.IsZero() {
		o.Now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	}
	if o.Plan == "" {
		o.Plan = "enterprise"
	}
	if o.BasePermission == "" {
		o.BasePermission = "none"
	}
	g := &generator{size: size, o: o, rnd: rand.New(rand.NewPCG(o.Seed, 0x616a6172)), now: o.Now.UTC().Truncate(time.Second)}
	g.world = &World{Meta: Meta{Source: "generated", Now: g.now, Enriched: &Enriched{Seed: int64(o.Seed), Fields: []string{"everything"}}}}
	g.org = &Org{
		Login: "acme", ID: 7_000_001, Name: "Acme", Description: "A generated organization", CreatedAt: g.ago(3000, 4000), Plan: o.Plan,
		Settings: Settings{
			DefaultRepositoryPermission: o.BasePermission, TwoFactorRequired: true, DefaultWorkflowPermissions: "read",
		},
	}
	g.world.Orgs = []*Org{g.org}
	g.people()
	g.roles()
	g.teams()
	g.repositories()
	g.audit()
	return g.world
}

// generator holds what one run of Generate has made so far.
type generator struct {
	size  Size
	o     GenOptions
	rnd   *rand.Rand
	now   time.Time
	world *World
	org   *Org

	logins, outside []string
	nextID          int64 // of environments, keys, patterns and protection rules
}

// ago is a moment between lo and hi days back.
func (g *generator) ago(lo, hi int) time.Time {
	return g.now.Add(-time.Duration(lo*24+g.rnd.IntN((hi-lo)*24+1)) * time.Hour)
}

// chance is true n times in a hundred.
func (g *generator) chance(n int) bool { return g.rnd.IntN(100) < n }

// id gives the next number.
func (g *generator) id() int64 { g.nextID++; return 500_000_000 + g.nextID }

// some is one of all.
func some[T any](g *generator, all []T) T { return all[g.rnd.IntN(len(all))] }

// distinct picks n different numbers below bound (all of them where n is more).
func (g *generator) distinct(n, bound int) []int {
	n = min(n, bound)
	out := make([]int, 0, n)
	if n > bound/3 {
		return append(out, g.rnd.Perm(bound)[:n]...)
	}
	seen := make(map[int]bool, n)
	for len(out) < n {
		if i := g.rnd.IntN(bound); !seen[i] {
			seen[i] = true
			out = append(out, i)
		}
	}
	return out
}

// people makes the members, among them the owners, and the outside collaborators.
func (g *generator) people() {
	owners := max(3, g.size.Members/100)
	all := make([]User, g.size.Members+owners)
	members := make([]Member, g.size.Members)
	for i := range all {
		u := &all[i]
		*u = User{ID: 1_000_001 + int64(i), Type: "User", CreatedAt: g.ago(400, 3000)}
		if !g.chance(5) { // the others were never seen to do anything
			u.LastActivity = g.ago(0, 120)
		}
		g.world.Users = append(g.world.Users, u)
		if i >= g.size.Members {
			u.Login = fmt.Sprintf("ext-%05d", i-g.size.Members)
			g.outside = append(g.outside, u.Login)
			continue
		}
		u.Login = fmt.Sprintf("dev-%05d", i)
		u.Name = fmt.Sprintf("Developer %d", i)
		g.logins = append(g.logins, u.Login)
		members[i] = Member{Login: u.Login, Role: "member", TwoFactor: !g.chance(2)}
		if i < owners {
			members[i].Role = "admin"
		}
		g.org.Members = append(g.org.Members, &members[i])
	}
}

// roles gives an enterprise two custom repository roles, and everybody the
// predefined organization roles, unassigned.
func (g *generator) roles() {
	if g.o.Plan == "enterprise" && !g.o.PlainRoles {
		g.org.CustomRoles = []*CustomRole{
			{ID: 9_001, Name: "security-triage", BaseRole: "triage", Permissions: []string{"view_dependabot_alerts", "view_secret_scanning_alerts"}},
			{ID: 9_002, Name: "release-operator", BaseRole: "write", Permissions: []string{"edit_repo_protections", "manage_deploy_keys"}},
		}
	}
	for i, name := range []string{"all_repo_read", "all_repo_triage", "all_repo_write", "all_repo_maintain", "all_repo_admin", "security_manager"} {
		g.org.OrgRoles = append(g.org.OrgRoles, &OrgRole{ID: 8_101 + int64(i), Name: name})
	}
}

// teams makes the teams with their nesting and members.
func (g *generator) teams() {
	depth := make([]int, g.size.Teams)
	for i := range g.size.Teams {
		t := &Team{
			Slug: fmt.Sprintf("team-%04d", i), Name: fmt.Sprintf("Team %04d", i), ID: 3_000_001 + int64(i),
			Privacy: "closed", CreatedAt: g.ago(200, 2000),
		}
		g.org.Teams = append(g.org.Teams, t)
		if i > 0 && g.chance(40) {
			if p := g.rnd.IntN(i); depth[p] < 3 {
				depth[i] = depth[p] + 1
				t.Parent = g.org.Teams[p].Slug
			}
		}
		picked := g.distinct(g.teamSize(i), len(g.logins))
		members := make([]TeamMember, len(picked))
		for k, who := range picked {
			members[k] = TeamMember{Login: g.logins[who], Role: "member"}
			if k == 0 || g.org.Members[who].Role == "admin" { // GitHub makes an owner on a team its maintainer
				members[k].Role = "maintainer"
			}
			t.Members = append(t.Members, &members[k])
		}
	}
}

// teamSize is how many immediate members the i-th team has.
func (g *generator) teamSize(i int) int {
	switch {
	case g.dense(i):
		return min(2_500, g.size.Members/2)
	case i%20 == 19:
		return 100 + g.rnd.IntN(21)
	}
	return 2 + g.rnd.IntN(7)
}

// dense reports whether the i-th team is one of the ten large ones.
func (g *generator) dense(i int) bool { return g.o.Dense && i < 10 }

// audit writes an entry of the last 180 days for seven in ten members.
func (g *generator) audit() {
	if g.o.Plan != "enterprise" {
		return
	}
	actions := []string{"git.push", "pull_request.merge", "repo.create", "workflows.created_workflow_run", "pull_request_review.submit"}
	for i, login := range g.logins {
		if len(g.org.Repos) == 0 || !g.chance(70) {
			continue
		}
		g.org.AuditLog = append(g.org.AuditLog, &AuditEvent{
			ID: fmt.Sprintf("gen%09d", i), Action: some(g, actions), Actor: login, Repo: some(g, g.org.Repos).Name, CreatedAt: g.ago(0, 179),
		})
	}
}

// publicKey makes up an SSH key in the format that OpenSSH writes.
func (g *generator) publicKey() string {
	const kind = "ssh-ed25519"
	b := binary.BigEndian.AppendUint32(make([]byte, 0, 51), uint32(len(kind)))
	b = append(b, kind...)
	b = binary.BigEndian.AppendUint32(b, 32)
	for range 4 {
		b = binary.BigEndian.AppendUint64(b, g.rnd.Uint64())
	}
	return kind + " " + base64.StdEncoding.EncodeToString(b)
}
