package collector

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

func faulty(faults ...githubsim.Fault) func(*setup) {
	return func(o *setup) {
		o.sim.Faults = faults
	}
}

// healing are faults that pass by themselves, or are seen through by asking
// again or for less: after them the read is complete all the same.
var healing = map[string]githubsim.Fault{
	"500 once":                {Action: githubsim.AnswerStatus, Status: 500, Probability: 0.1},
	"502 once":                {Action: githubsim.AnswerStatus, Status: 502, Probability: 0.1},
	"503 once":                {Action: githubsim.AnswerStatus, Status: 503, Probability: 0.1},
	"502 of a heavy listing":  {Kind: githubsim.GraphQL, Match: "organization.repositories", Action: githubsim.AnswerStatus, Status: 502, Nth: 2, Times: 4},
	"504 of heavy details":    {Kind: githubsim.GraphQL, Match: "nodes(Repository)", Action: githubsim.AnswerStatus, Status: 504, Nth: 2, Times: 7},
	"504 of gates":            {Kind: githubsim.GraphQL, Match: "nodes(Environment)", Action: githubsim.AnswerStatus, Status: 504, Nth: 1, Times: 5},
	"502 of teams":            {Kind: githubsim.GraphQL, Match: "organization.teams", Action: githubsim.AnswerStatus, Status: 502, Nth: 1, Times: 6},
	"502 of an overflow":      {Kind: githubsim.GraphQL, Match: "node(Team)", Action: githubsim.AnswerStatus, Status: 502, Nth: 1, Times: 3},
	"resets":                  {Action: githubsim.Reset, Probability: 0.1},
	"cut bodies":              {Action: githubsim.Truncated, Probability: 0.1},
	"cut JSON":                {Action: githubsim.CutJSON, Probability: 0.1},
	"bad gzip":                {Action: githubsim.BadGzip, Probability: 0.1},
	"not ready at first":      {Kind: githubsim.REST, Action: githubsim.NotReady, Probability: 0.1},
	"secondary limit":         {Action: githubsim.SecondaryLimited, After: time.Second, Probability: 0.1},
	"partial details":         {Kind: githubsim.GraphQL, Match: "nodes(Repository)", Action: githubsim.PartialData, Nth: 1, Times: 2},
	"partial repositories":    {Kind: githubsim.GraphQL, Match: "organization.repositories", Action: githubsim.PartialData, Nth: 1},
	"partial teams":           {Kind: githubsim.GraphQL, Match: "organization.teams", Action: githubsim.PartialData, Nth: 1},
	"partial members":         {Kind: githubsim.GraphQL, Match: "organization.membersWithRole", Action: githubsim.PartialData, Nth: 1},
	"partial gates":           {Kind: githubsim.GraphQL, Match: "nodes(Environment)", Action: githubsim.PartialData, Nth: 1},
	"no data of repositories": {Kind: githubsim.GraphQL, Match: "organization.repositories", Action: githubsim.DataNull, Nth: 1},
	"null rules in a batch":   {Kind: githubsim.GraphQL, Match: "nodes(Environment)", Action: githubsim.NullNodes},
	"null members once":       {Kind: githubsim.GraphQL, Match: "organization.membersWithRole", Action: githubsim.NullNodes, Nth: 1},
	"null repositories once":  {Kind: githubsim.GraphQL, Match: "organization.repositories", Action: githubsim.NullNodes, Nth: 1},
	"short page of members":   {Kind: githubsim.GraphQL, Match: "organization.membersWithRole", Action: githubsim.ShortPage, Nth: 1},
	"short page of teams":     {Kind: githubsim.GraphQL, Match: "organization.teams", Action: githubsim.ShortPage, Nth: 1},
	"short page of repos":     {Kind: githubsim.GraphQL, Match: "organization.repositories", Action: githubsim.ShortPage, Nth: 1},
	"loop of members once":    {Kind: githubsim.GraphQL, Match: "organization.membersWithRole", Action: githubsim.CursorLoop, Nth: 1, Times: 2},
	"keys without a next":     {Kind: githubsim.REST, Match: "/keys", Action: githubsim.NoNext},
	"invites without a next":  {Kind: githubsim.REST, Match: "/invitations", Action: githubsim.NoNext},
	"cursor refused once":     {Kind: githubsim.GraphQL, Match: "organization.teams", Action: githubsim.BadCursor, Nth: 2},
	"inner cursor refused":    {Kind: githubsim.GraphQL, Match: "node(Team)", Action: githubsim.BadCursor, Nth: 1},
	"end too early":           {Kind: githubsim.GraphQL, Match: "organization.membersWithRole", Action: githubsim.NoNext, Nth: 1},
}

func TestPassingTroubleLeavesNoGap(t *testing.T) {
	for name, f := range healing {
		w := crowded()
		if f.Probability > 0 { // strikes anywhere; a second page is nothing special
			w = modest()
		}
		h := start(t, w, faulty(f))
		s := newRecorder(t)
		if err := h.into(s, "acme"); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkSound(t, s, w, w.Orgs[0])
		if h.sim.Meters().Faulted == 0 {
			t.Errorf("%s: no fault struck", name)
		}
		for _, line := range s.ledger.Gaps() {
			if line.Area != access.AreaContributions {
				t.Errorf("%s: %+v", name, line)
			}
		}
	}
}

// lasting are faults that stay: the area named must not be called complete, the
// others must be.
var lasting = map[string]struct {
	fault githubsim.Fault
	areas []access.Area
}{
	"null members":               {githubsim.Fault{Match: "organization.membersWithRole", Action: githubsim.NullNodes}, []access.Area{access.AreaMembers, access.AreaTwoFactor, access.AreaContributions}},
	"null teams":                 {githubsim.Fault{Match: "organization.teams", Action: githubsim.NullNodes}, teamAreas},
	"null repositories":          {githubsim.Fault{Match: "organization.repositories", Action: githubsim.NullNodes}, repositoryAreas},
	"members loop":               {githubsim.Fault{Match: "organization.membersWithRole", Action: githubsim.CursorLoop}, []access.Area{access.AreaMembers, access.AreaTwoFactor, access.AreaContributions}},
	"teams loop":                 {githubsim.Fault{Match: "organization.teams", Action: githubsim.CursorLoop}, teamAreas},
	"repositories loop":          {githubsim.Fault{Match: "organization.repositories", Action: githubsim.CursorLoop}, repositoryAreas},
	"empty pages":                {githubsim.Fault{Match: "organization.repositories", Action: githubsim.EmptyPage, Nth: 2, Times: 99}, repositoryAreas},
	"short members":              {githubsim.Fault{Match: "organization.membersWithRole", Action: githubsim.ShortPage}, []access.Area{access.AreaMembers, access.AreaTwoFactor, access.AreaContributions}},
	"short teams":                {githubsim.Fault{Match: "organization.teams", Action: githubsim.ShortPage}, teamAreas},
	"short repositories":         {githubsim.Fault{Match: "organization.repositories", Action: githubsim.ShortPage}, repositoryAreas},
	"wrong total":                {githubsim.Fault{Match: "organization.membersWithRole", Action: githubsim.WrongTotal}, []access.Area{access.AreaMembers, access.AreaTwoFactor, access.AreaContributions}},
	"teams: cursor refused":      {githubsim.Fault{Match: "organization.teams", Action: githubsim.BadCursor, Nth: 2, Times: 99}, teamAreas},
	"teams: no data":             {githubsim.Fault{Match: "organization.teams", Action: githubsim.DataNull}, teamAreas},
	"teams: unknown":             {githubsim.Fault{Match: "organization.teams", Action: githubsim.UnknownErrorType}, teamAreas},
	"teams: web page":            {githubsim.Fault{Match: "organization.teams", Action: githubsim.HTMLPage}, teamAreas},
	"teams: empty":               {githubsim.Fault{Match: "organization.teams", Action: githubsim.EmptyBody}, teamAreas},
	"teams: no JSON":             {githubsim.Fault{Match: "organization.teams", Action: githubsim.NoJSON}, teamAreas},
	"teams: 502":                 {githubsim.Fault{Match: "organization.teams", Action: githubsim.AnswerStatus, Status: 502}, teamAreas},
	"teams: single sign-on":      {githubsim.Fault{Match: "organization.teams", Action: githubsim.SSOPartial}, teamAreas},
	"details: no data":           {githubsim.Fault{Match: "nodes(Repository)", Action: githubsim.DataNull}, []access.Area{access.AreaRepositories}},
	"details: unknown enum":      {githubsim.Fault{Match: "nodes(Repository)", Action: githubsim.UnknownEnum}, nil},
	"gates: null":                {githubsim.Fault{Match: "(Environment)", Action: githubsim.NullNodes}, []access.Area{access.AreaGates}},
	"gates: unknown enum":        {githubsim.Fault{Match: "(Environment)", Action: githubsim.UnknownEnum}, []access.Area{access.AreaGates}},
	"gates: unknown type":        {githubsim.Fault{Match: "(Environment)", Action: githubsim.UnknownType}, []access.Area{access.AreaGates}},
	"teams: unknown enum":        {githubsim.Fault{Match: "organization.teams", Action: githubsim.UnknownEnum}, teamAreas},
	"members: unknown enum":      {githubsim.Fault{Match: "organization.membersWithRole", Action: githubsim.UnknownEnum}, []access.Area{access.AreaMembers}},
	"keys: 403":                  {githubsim.Fault{Match: "/keys", Action: githubsim.Denied}, []access.Area{access.AreaDeployKeys}},
	"keys: 404":                  {githubsim.Fault{Match: "/keys", Action: githubsim.AnswerStatus, Status: 404}, []access.Area{access.AreaDeployKeys}},
	"keys: short":                {githubsim.Fault{Match: "/keys", Action: githubsim.ShortPage}, []access.Area{access.AreaDeployKeys}},
	"keys: next elsewhere":       {githubsim.Fault{Match: "/keys", Action: githubsim.NextElsewhere}, []access.Area{access.AreaDeployKeys}},
	"keys: loop":                 {githubsim.Fault{Match: "/keys", Action: githubsim.CursorLoop}, []access.Area{access.AreaDeployKeys}},
	"keys: single sign-on":       {githubsim.Fault{Match: "/keys", Action: githubsim.SSOPartial}, []access.Area{access.AreaDeployKeys}},
	"keys: redirect elsewhere":   {githubsim.Fault{Match: "/keys", Action: githubsim.Redirected, URL: "https://example.org/keys"}, []access.Area{access.AreaDeployKeys}},
	"keys: not ready":            {githubsim.Fault{Match: "/keys", Action: githubsim.NotReady}, []access.Area{access.AreaDeployKeys}},
	"keys: web page":             {githubsim.Fault{Match: "/keys", Action: githubsim.HTMLPage}, []access.Area{access.AreaDeployKeys}},
	"keys: empty":                {githubsim.Fault{Match: "/keys", Action: githubsim.EmptyBody}, []access.Area{access.AreaDeployKeys}},
	"keys: read_only missing":    {githubsim.Fault{Match: "/keys", Action: githubsim.MissingField, Field: "read_only"}, []access.Area{access.AreaDeployKeys}},
	"environments: 410":          {githubsim.Fault{Match: "/environments", Action: githubsim.AnswerStatus, Status: 410}, []access.Area{access.AreaPolicies, access.AreaSecrets}},
	"environments: 451":          {githubsim.Fault{Match: "/environments", Action: githubsim.AnswerStatus, Status: 451}, []access.Area{access.AreaPolicies, access.AreaSecrets}},
	"environments: short":        {githubsim.Fault{Kind: githubsim.REST, Match: "/environments", Action: githubsim.ShortPage}, []access.Area{access.AreaPolicies, access.AreaSecrets}},
	"environments: policy gone":  {githubsim.Fault{Match: "/environments", Action: githubsim.MissingField, Field: "deployment_branch_policy"}, []access.Area{access.AreaPolicies}},
	"settings: 403":              {githubsim.Fault{Match: "GET /orgs/{org}", Nth: 1, Action: githubsim.Denied}, []access.Area{access.AreaSettings}},
	"base permission missing":    {githubsim.Fault{Match: "GET /orgs/{org}", Action: githubsim.MissingField, Field: "default_repository_permission"}, []access.Area{access.AreaSettings}},
	"custom roles: 403":          {githubsim.Fault{Match: "custom-repository-roles", Action: githubsim.Denied}, []access.Area{access.AreaCustomRoles, access.AreaTeamGrants, access.AreaDirectGrants}},
	"custom roles: 404":          {githubsim.Fault{Match: "custom-repository-roles", Action: githubsim.AnswerStatus, Status: 404}, []access.Area{access.AreaCustomRoles, access.AreaTeamGrants, access.AreaDirectGrants}},
	"role names of teams: 500":   {githubsim.Fault{Match: "/repos", Kind: githubsim.REST, Action: githubsim.AnswerStatus, Status: 500}, []access.Area{access.AreaTeamGrants, access.AreaDeployKeys, access.AreaPolicies, access.AreaSecrets, access.AreaRepoInvitations}},
	"role names of teams: short": {githubsim.Fault{Match: "/teams/{team_slug}/repos", Action: githubsim.ShortPage}, []access.Area{access.AreaTeamGrants}},
	"organization roles: 403":    {githubsim.Fault{Match: "organization-roles", Action: githubsim.Denied}, []access.Area{access.AreaOrgRoles, access.AreaOrgRoleAssignments}},
	"role holders: 422":          {githubsim.Fault{Match: "organization-roles/{role_id}", Action: githubsim.AnswerStatus, Status: 422}, []access.Area{access.AreaOrgRoleAssignments}},
	"role holders: assignment":   {githubsim.Fault{Match: "organization-roles/{role_id}", Action: githubsim.MissingField, Field: "assignment"}, []access.Area{access.AreaOrgRoleAssignments}},
	"invitations: 404":           {githubsim.Fault{Match: "/invitations", Action: githubsim.AnswerStatus, Status: 404}, []access.Area{access.AreaInvitations, access.AreaRepoInvitations}},
	"failed invitations: 500":    {githubsim.Fault{Match: "/failed_invitations", Action: githubsim.AnswerStatus, Status: 500}, []access.Area{access.AreaFailedInvitations}},
	"outside: 403":               {githubsim.Fault{Match: "/outside_collaborators", Action: githubsim.Denied}, []access.Area{access.AreaOutside, access.AreaContributions}},
	"audit log: 403":             {githubsim.Fault{Match: "/audit-log", Action: githubsim.Denied}, []access.Area{access.AreaAuditLog}},
	"audit log: loop":            {githubsim.Fault{Match: "/audit-log", Action: githubsim.CursorLoop}, []access.Area{access.AreaAuditLog}},
	"workflow token: 403":        {githubsim.Fault{Match: "/actions/permissions/workflow", Action: githubsim.Denied}, []access.Area{access.AreaWorkflowToken}},
	"single sign-on required":    {githubsim.Fault{Match: "/invitations", Action: githubsim.SSORequired}, []access.Area{access.AreaInvitations, access.AreaRepoInvitations}},
	"secrets: 403":               {githubsim.Fault{Match: "/secrets", Action: githubsim.Denied}, []access.Area{access.AreaSecrets}},
	"secrets: short":             {githubsim.Fault{Match: "/secrets", Action: githubsim.WrongTotal, Field: "total_count"}, nil},
}

// follows are the areas that cannot be complete when another one is not: teams
// that are not shown may be reviewers, and without the settings nobody knows how
// many repositories there are.
func follows(name string) []access.Area {
	switch what, _, _ := strings.Cut(name, ":"); {
	case what == "settings":
		return append([]access.Area{access.AreaTeamGrants}, repositoryAreas...)
	case strings.Contains(name, "teams"):
		return []access.Area{access.AreaGates}
	}
	return nil
}

func TestLastingTroubleIsAGapOfItsAreaAndOfNoOther(t *testing.T) {
	for name, tc := range lasting {
		w := modest()
		switch tc.fault.Action { // what needs a second page
		case githubsim.CursorLoop, githubsim.EmptyPage, githubsim.ShortPage, githubsim.BadCursor, githubsim.NextElsewhere:
			w = crowded()
		}
		h := start(t, w, faulty(tc.fault))
		s := newRecorder(t)
		if err := h.into(s, "acme"); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkSound(t, s, w, w.Orgs[0])
		if h.sim.Meters().Faulted == 0 {
			t.Errorf("%s: no fault struck", name)
		}
		gaps := map[access.Area]access.Cover{}
		for _, line := range s.ledger.Gaps() {
			gaps[line.Area] = line
			if line.Reason == "" || strings.Contains(line.Reason, "http://") {
				t.Errorf("%s: the reason of %s is %q", name, line.Area, line.Reason)
			}
		}
		for _, a := range tc.areas {
			if _, ok := gaps[a]; !ok {
				t.Errorf("%s: %s is called complete", name, a)
			}
			delete(gaps, a)
		}
		delete(gaps, access.AreaContributions)
		if tc.areas == nil {
			continue
		}
		for _, a := range follows(name) {
			delete(gaps, a)
		}
		for a, line := range gaps {
			if !strings.HasPrefix(name, "details") {
				t.Errorf("%s: %s has a gap too: %+v", name, a, line)
			}
		}
	}
}

func TestSomeTroubleEndsTheRun(t *testing.T) {
	for name, tc := range map[string]struct {
		fault githubsim.Fault
		want  error
	}{
		"token revoked":  {githubsim.Fault{Match: "organization.teams", Action: githubsim.Unauthenticated}, github.ErrUnauthenticated},
		"limit used up":  {githubsim.Fault{Match: "/invitations", Action: githubsim.PrimaryLimited}, github.ErrLimited},
		"network gone":   {githubsim.Fault{Nth: 20, Times: 1 << 20, Action: githubsim.Reset}, github.ErrUnreachable},
		"not identified": {githubsim.Fault{Nth: 1, Action: githubsim.DataNull, Type: "NOT_FOUND"}, github.ErrNotFound},
	} {
		w := crowded()
		h := start(t, w, faulty(tc.fault))
		s := newRecorder(t)
		err := h.into(s, "acme")
		if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), "acme") {
			t.Errorf("%s: %v, want %v of acme", name, err, tc.want)
		}
		checkSound(t, s, w, w.Orgs[0])
	}
}

func TestSinkThatFailsEndsTheRun(t *testing.T) {
	h := start(t, crowded())
	s := newRecorder(t)
	s.fail = errors.New("disk full")
	if err := h.into(s, "acme"); !errors.Is(err, s.fail) {
		t.Errorf("got %v", err)
	}
}

func TestInterruptionEndsTheRun(t *testing.T) {
	h := start(t, crowded())
	org, err := Identify(context.Background(), h.client, "acme")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	o := Options{Now: h.clock, Progress: func(a access.Area, _, _ int) {
		if a == access.AreaRepositories {
			cancel()
		}
	}}
	if err := Collect(ctx, h.client, org, newRecorder(t), o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Whatever goes wrong, what is called complete is true.
func TestNoMixOfFaultsMakesAnythingCompleteThatIsNot(t *testing.T) {
	actions := []githubsim.Action{
		githubsim.AnswerStatus, githubsim.Denied, githubsim.SSOPartial, githubsim.SSORequired, githubsim.NotReady, githubsim.Truncated, githubsim.CutJSON,
		githubsim.Reset, githubsim.HTMLPage, githubsim.EmptyBody, githubsim.NoJSON, githubsim.BadGzip, githubsim.PartialData, githubsim.DataNull,
		githubsim.NullNodes, githubsim.ShortPage, githubsim.UnknownEnum, githubsim.UnknownType, githubsim.CursorLoop, githubsim.EmptyPage, githubsim.NoNext,
		githubsim.WrongTotal, githubsim.NextElsewhere, githubsim.BadCursor, githubsim.UnknownErrorType, githubsim.SecondaryLimited,
	}
	runs := 25
	if testing.Short() {
		runs = 5
	}
	for seed := range runs {
		rnd := rand.New(rand.NewPCG(uint64(seed), 7))
		var faults []githubsim.Fault
		for range 1 + rnd.IntN(5) {
			action, kind := actions[rnd.IntN(len(actions))], githubsim.Kind("")
			if action == githubsim.ShortPage { // nobody can tell in a REST list that states no total
				kind = githubsim.GraphQL
			}
			faults = append(faults, githubsim.Fault{
				Kind: kind, Action: action, Status: []int{404, 410, 422, 500, 502}[rnd.IntN(5)],
				Probability: []float64{0.01, 0.1, 0.5}[rnd.IntN(3)], After: time.Second,
				Type: []string{"", "FORBIDDEN", "NOT_FOUND"}[rnd.IntN(3)],
			})
		}
		w := crowded()
		if seed%4 > 0 { // most faults need no second page
			w = modest()
		}
		h := start(t, w, faulty(faults...), func(o *setup) { o.sim.Seed = uint64(seed) })
		s := newRecorder(t)
		err := h.into(s, "acme")
		checkSound(t, s, w, w.Orgs[0])
		if t.Failed() {
			t.Fatalf("seed %d, faults %s, error %v", seed, fmt.Sprintf("%+v", faults), err)
		}
	}
}
