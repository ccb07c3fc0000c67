package store

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// place is one scope, said plainly.
type place struct {
	area  access.Area
	scope int64
}

// held is what one scope holds.
type held struct {
	entities map[int64]access.Entity
	grants   map[access.Grant]bool
}

// model is what a store should believe, kept in maps and copied whole.
type model struct {
	places map[place]held
	people map[int64]access.Person
}

func (m model) clone() model {
	c := model{map[place]held{}, maps.Clone(m.people)}
	for k, h := range m.places {
		c.places[k] = held{maps.Clone(h.entities), maps.Clone(h.grants)}
	}
	return c
}

func (m model) put(at place, rows access.Rows, whole bool) {
	h, ok := m.places[at]
	if whole || !ok {
		h = held{map[int64]access.Entity{}, map[access.Grant]bool{}}
	}
	for _, e := range rows.Entities {
		h.entities[e.Key()] = e
	}
	for _, g := range rows.Grants {
		h.grants[g] = true
	}
	m.places[at] = h
}

var modelUnder = map[access.Area]access.Area{
	access.AreaTeamMembers: access.AreaTeams, access.AreaTeamGrants: access.AreaTeams,
	access.AreaDirectGrants: access.AreaRepositories, access.AreaEnvironments: access.AreaRepositories, access.AreaGates: access.AreaRepositories,
}

var modelAreas = []access.Area{
	access.AreaTeams, access.AreaTeamMembers, access.AreaTeamGrants,
	access.AreaRepositories, access.AreaDirectGrants, access.AreaEnvironments, access.AreaGates,
}

// finish drops what was not seen and is proved to be gone.
func (m model) finish(seen map[place]bool, lines map[place]access.Cover) {
	for at := range m.places {
		proved := !seen[at]
		for a := at.area; a != ""; a = modelUnder[a] {
			_, gap := lines[place{a, at.scope}]
			proved = proved && !gap && lines[place{a, 0}].Status == access.Complete
		}
		if proved {
			delete(m.places, at)
		}
	}
}

// snapshot is what Load should give, in the parts that the model knows.
func (m model) snapshot(lines map[place]access.Cover) *access.Snapshot {
	s := &access.Snapshot{}
	grants, gates := map[access.Grant]bool{}, map[int64]access.Gate{}
	for _, h := range m.places {
		maps.Copy(grants, h.grants)
		for _, e := range h.entities {
			switch e := e.(type) {
			case access.TeamInfo:
				s.Teams = append(s.Teams, e)
			case access.Repository:
				s.Repositories = append(s.Repositories, e)
			case access.Environment:
				s.Environments = append(s.Environments, e)
			case access.Gate:
				gates[e.Env] = e
			}
		}
	}
	for i, e := range s.Environments {
		if g, ok := gates[e.ID]; ok {
			s.Environments[i].Gate = &g
		}
	}
	named := map[int64]bool{}
	for g := range grants {
		s.Grants = append(s.Grants, g)
		named[g.Principal.ID] = named[g.Principal.ID] || g.Principal.Kind == access.User
	}
	for id, p := range m.people {
		if named[id] {
			s.People = append(s.People, p)
		}
	}
	for _, l := range lines {
		s.Coverage.Set(l)
	}
	slices.SortFunc(s.Grants, access.Grant.Compare)
	slices.SortFunc(s.People, func(x, y access.Person) int { return int(x.ID - y.ID) })
	slices.SortFunc(s.Teams, func(x, y access.TeamInfo) int { return int(x.ID - y.ID) })
	slices.SortFunc(s.Repositories, func(x, y access.Repository) int { return int(x.ID - y.ID) })
	slices.SortFunc(s.Environments, func(x, y access.Environment) int { return int(1000*(x.Repo-y.Repo) + x.ID - y.ID) })
	return s
}

// drawRows invents what one scope holds. Few numbers and names, so that the same
// comes again.
func drawRows(t *rapid.T, at place) access.Rows {
	small := rapid.Int64Range(1, 3)
	users := rapid.SliceOfN(small, 0, 3)
	privilege := rapid.SampledFrom([]access.Privilege{access.Read, access.Admin})
	name := rapid.SampledFrom([]string{"a", "b"})
	var rows access.Rows
	switch at.area {
	case access.AreaTeams:
		rows.Entities = append(rows.Entities, access.TeamInfo{ID: at.scope, Slug: name.Draw(t, "slug")})
	case access.AreaRepositories:
		rows.Entities = append(rows.Entities, access.Repository{ID: at.scope, Name: name.Draw(t, "name")})
	case access.AreaTeamMembers:
		for _, u := range users.Draw(t, "users") {
			rows.Grants = append(rows.Grants, member(u, at.scope, access.Member))
		}
	case access.AreaTeamGrants:
		for _, r := range users.Draw(t, "repos") {
			rows.Grants = append(rows.Grants, byTeam(at.scope, r, privilege.Draw(t, "privilege")))
		}
	case access.AreaDirectGrants:
		for _, u := range users.Draw(t, "users") {
			rows.Grants = append(rows.Grants, direct(u, at.scope, privilege.Draw(t, "privilege")))
		}
	case access.AreaEnvironments:
		for _, e := range rapid.SliceOfNDistinct(small, 0, 2, rapid.ID).Draw(t, "envs") {
			rows.Entities = append(rows.Entities, access.Environment{ID: 100*at.scope + e, Repo: at.scope, Name: name.Draw(t, "name")})
		}
	case access.AreaGates:
		for _, e := range rapid.SliceOfNDistinct(small, 0, 2, rapid.ID).Draw(t, "gates") {
			rows.Entities = append(rows.Entities, access.Gate{Env: 100*at.scope + e, Repo: at.scope, WaitTimer: int(small.Draw(t, "timer"))})
			rows.Grants = append(rows.Grants, reviewer(user(small.Draw(t, "reviewer")), 100*at.scope+e))
		}
	}
	return rows
}

// machine runs a store and its model side by side.
type machine struct {
	path    string
	s       *Store
	now     time.Time
	passes  int
	believe model // what the store holds, with what waits in its batch
	durable model // what survives a crash
	want    []*access.Snapshot
	infos   []SnapshotInfo
}

func (m *machine) open(t *rapid.T) {
	s, err := Open(context.Background(), m.path, Options{Now: func() time.Time { return m.now }})
	if err != nil {
		t.Fatal(err)
	}
	m.s = s
}

// pass runs one pass with random content, random gaps and a random end.
func (m *machine) pass(t *rapid.T) {
	ctx := context.Background()
	m.passes++
	p, err := m.s.Begin(ctx, acme, hour(m.passes))
	must(t, err)
	seen, lines := map[place]bool{}, map[place]access.Cover{}
	area, scope := rapid.SampledFrom(modelAreas), rapid.Int64Range(1, 3)
	for range rapid.IntRange(0, 25).Draw(t, "steps") {
		at := place{area.Draw(t, "area"), scope.Draw(t, "scope")}
		switch step := rapid.IntRange(0, 9).Draw(t, "step"); step {
		case 0, 1:
			c := access.Cover{Area: at.area, Status: access.Denied, Reason: "no", Seen: step, Total: -1}
			if step == 0 {
				c.Scope = at.scope
			}
			lines[place{c.Area, c.Scope}] = c
			must(t, p.Cover(ctx, c))
		case 2:
			person := access.Person{ID: at.scope, Login: rapid.SampledFrom([]string{"ann", "bob"}).Draw(t, "login")}
			m.believe.people[person.ID] = person
			must(t, p.People(ctx, []access.Person{person}))
		case 3: // time passes, so that the batch ends
			m.now = m.now.Add(batchAge)
			must(t, p.People(ctx, nil))
			m.durable = m.believe.clone()
		case 4, 5:
			rows := drawRows(t, at)
			m.believe.put(at, rows, false)
			seen[at] = true
			must(t, p.Add(ctx, at.area, at.scope, rows))
		default:
			rows := drawRows(t, at)
			m.believe.put(at, rows, true)
			seen[at] = true
			must(t, p.Put(ctx, at.area, at.scope, rows))
		}
	}
	for _, a := range modelAreas {
		if _, said := lines[place{a, 0}]; !said && rapid.IntRange(0, 3).Draw(t, "complete") > 0 {
			lines[place{a, 0}] = access.Cover{Area: a, Status: access.Complete, Total: 7}
			must(t, p.Cover(ctx, lines[place{a, 0}]))
		}
	}
	m.end(t, p, seen, lines)
}

func (m *machine) end(t *rapid.T, p *Pass, seen map[place]bool, lines map[place]access.Cover) {
	switch rapid.IntRange(0, 5).Draw(t, "end") {
	case 0: // the process dies
		must(t, m.s.Close())
		m.believe = m.durable.clone()
		m.open(t)
	case 1:
		must(t, p.Abort(context.Background()))
		m.durable = m.believe.clone()
	default:
		m.believe.finish(seen, lines)
		m.durable = m.believe.clone()
		info, err := p.Finish(context.Background(), PassStats{Requests: int64(m.passes)})
		must(t, err)
		want := m.believe.snapshot(lines)
		want.ID, want.TakenAt = info.ID, hour(m.passes)
		want.Org = access.Organization{ID: acme.ID, NodeID: acme.NodeID, Login: acme.Login, Name: acme.Name, CreatedAt: acme.CreatedAt}
		m.infos, m.want = append(m.infos, info), append(m.want, want)
	}
}

func must(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

func (m *machine) check(t *rapid.T) {
	for i, info := range m.infos {
		got, err := m.s.Load(context.Background(), info)
		must(t, err)
		if d := cmp.Diff(m.want[i], got, cmpopts.EquateEmpty(), cmp.AllowUnexported(access.Coverage{})); d != "" {
			t.Fatalf("snapshot %d of %d, after %d passes (-want +got):\n%s", i+1, len(m.infos), m.passes, d)
		}
		outlined(t, m.s, info, i == len(m.infos)-1, got)
		for j := range i {
			was, is, err := m.s.LoadTwo(context.Background(), m.infos[j], info)
			must(t, err)
			for n, got := range map[int]*access.Snapshot{i: is, j: was} {
				if d := cmp.Diff(m.want[n], got, cmpopts.EquateEmpty(), cmp.AllowUnexported(access.Coverage{})); d != "" {
					t.Fatalf("of snapshots %d and %d, snapshot %d (-want +got):\n%s", j+1, i+1, n+1, d)
				}
			}
			came, went, err := m.s.GrantsMoved(context.Background(), m.infos[j], info)
			must(t, err)
			wantCame, wantWent := apart(slices.Clone(m.want[i].Grants), slices.Clone(m.want[j].Grants))
			if !slices.Equal(came, wantCame) || !slices.Equal(went, wantWent) {
				t.Fatalf("from snapshot %d to %d of %d: came %v, want %v; went %v, want %v", j+1, i+1, len(m.infos), came, wantCame, went, wantWent)
			}
		}
	}
}

// TestEverySnapshotStaysWhatItWas is the promise of the store: whatever passes,
// gaps and crashes come, every snapshot can be read as it was seen.
func TestEverySnapshotStaysWhatItWas(t *testing.T) {
	dir := t.TempDir()
	cases := 0
	rapid.Check(t, func(t *rapid.T) {
		cases++
		m := &machine{path: filepath.Join(dir, fmt.Sprintf("%d.db", cases)), now: noon,
			believe: model{map[place]held{}, map[int64]access.Person{}}, durable: model{map[place]held{}, map[int64]access.Person{}}}
		m.open(t)
		defer func() {
			m.s.Close()
			for _, suffix := range []string{"", ".lock", ".generation"} {
				os.Remove(m.path + suffix)
			}
		}()
		for range rapid.IntRange(1, 6).Draw(t, "passes") {
			m.pass(t)
		}
		m.check(t)
		must(t, m.s.Check(context.Background()))
	})
}
