package store

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// endless is a name of 4 MiB.
func endless(tail string) string { return strings.Repeat("né", 4<<20/3) + "\x00\u202e\xff" + tail }

func TestNameWithoutEndIsStoredByItsBeginningWithAMark(t *testing.T) {
	s := fresh(t)
	pass := func(n int) SnapshotInfo {
		p := begin(t, s, hour(n))
		put(t, p, access.AreaTeams, 10, access.TeamInfo{ID: 10, Slug: endless("a"), Name: endless("a")})
		put(t, p, access.AreaTeams, 11, access.TeamInfo{ID: 11, Slug: endless("b"), Name: endless("a")})
		put(t, p, access.AreaCustomRoles, 20, access.CustomRole{ID: 20, Name: "deployer", Permissions: []string{"read", endless("a"), endless("b")}})
		put(t, p, access.AreaMembers, 1, inOrg(1, access.Member))
		if err := p.People(t.Context(), []access.Person{{ID: 1, Login: endless("a"), Name: endless("b")}}); err != nil {
			t.Fatal(err)
		}
		if err := p.Cover(t.Context(), access.Cover{Area: access.AreaMembers, Scope: 2, Status: access.Partial, Reason: "member " + endless("a"), Total: -1}); err != nil {
			t.Fatal(err)
		}
		complete(t, p, access.AreaTeams, access.AreaCustomRoles)
		return finish(t, p)
	}
	info := pass(0)
	snap := load(t, s, info)
	texts := []string{snap.Teams[0].Slug, snap.Teams[1].Slug, snap.Teams[0].Name, snap.CustomRoles[0].Permissions[1], snap.CustomRoles[0].Permissions[2],
		snap.People[0].Login, snap.People[0].Name}
	for i, text := range texts {
		if len(text) > longestName || !utf8.ValidString(text) || !strings.HasPrefix(text, "néné") || !strings.Contains(text, "… [cut: 4194") {
			t.Errorf("text %d was stored as %q", i, text)
		}
	}
	if texts[0] == texts[1] || texts[3] == texts[4] {
		t.Error("two texts of one beginning are taken for the same")
	}
	if reason := snap.Coverage.For(access.AreaMembers, 2).Reason; len(reason) > longestReason || !strings.Contains(reason, "[cut:") {
		t.Errorf("the reason of a gap has %d bytes", len(reason))
	}
	if size := fileSize(t, s); size > 1<<20 {
		t.Errorf("the store has %d bytes", size)
	}
	if again := pass(1); again.Stats != (PassStats{}) {
		t.Errorf("the same names changed %+v", again.Stats)
	}
}

func TestThingsOfOrdinaryLengthAreStoredAsTheyAre(t *testing.T) {
	long := func(n int) string { return strings.Repeat("k", n) }
	things := []access.Entity{
		access.DeployKey{ID: 1, Repo: 2, Title: long(longestName), Public: "ssh-rsa " + long(longestKey-8), CreatedAt: time.Unix(1e9, 0)},
		access.CustomRole{ID: 1, Name: "deployer", Permissions: slices.Repeat([]string{"write_anything"}, 1000)},
		access.Secrets{Env: 1, Repo: 2, Names: slices.Repeat([]access.Secret{{Name: long(longestName)}}, 100)},
	}
	for _, e := range things {
		if short, cut := shortened(e); cut || !reflect.DeepEqual(short, e) {
			t.Errorf("a %T was cut", e)
		}
	}
	key := things[0].(access.DeployKey)
	key.Title += "k"
	short, cut := shortened(key)
	if !cut || short.(access.DeployKey).Public != key.Public || len(short.(access.DeployKey).Title) > longestName || len(key.Title) != longestName+1 {
		t.Errorf("a title of %d bytes came back as %+v", len(key.Title), short)
	}
	names := access.Secrets{Env: 1, Repo: 2, Names: []access.Secret{{Name: "A"}, {Name: long(longestName + 1)}}}
	if _, cut := shortened(names); !cut || len(names.Names[1].Name) != longestName+1 {
		t.Error("what the caller holds was changed")
	}
}

func TestBoundedTextsAreValidShortAndTellTwoApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom([]string{"a", "é", "…", "\U0001f511", "\xff", "\xe2\x80", "\x00"})
		s := strings.Repeat(strings.Join(rapid.SliceOfN(piece, 1, 20).Draw(t, "pieces"), ""), rapid.IntRange(1, 300).Draw(t, "times"))
		got := bounded(s, longestName)
		if len(got) > longestName || !utf8.ValidString(got) || bounded(got, longestName) != got {
			t.Fatalf("%d bytes became %d: %q", len(s), len(got), got)
		}
		if fits := len(text(s)) <= longestName && len(s) <= longestName; fits != (got == text(s)) {
			t.Fatalf("%d bytes became %q", len(s), got)
		}
		if other := bounded(s+"b", longestName); other == got {
			t.Fatalf("with one letter more it is the same: %q", got)
		}
	})
}
