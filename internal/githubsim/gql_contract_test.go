package githubsim

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/eb661601/ajar/internal/contract"
)

// auditQueries are what an access audit asks; each is valid by both schemas.
var auditQueries = map[string]string{
	"members": `query($org:String!,$after:String){organization(login:$org){
		id databaseId login name description createdAt updatedAt archivedAt url resourcePath requiresTwoFactorAuthentication membersCanForkPrivateRepositories
		viewerCanAdminister viewerIsAMember viewerCanCreateRepositories viewerCanCreateTeams ipAllowListEnabledSetting ipAllowListForInstalledAppsEnabledSetting
		membersWithRole(first:3,after:$after){totalCount pageInfo{hasNextPage endCursor hasPreviousPage startCursor} edges{cursor role hasTwoFactorEnabled node{id databaseId login name createdAt email isSiteAdmin isViewer url}}}}
		rateLimit{cost nodeCount remaining resetAt limit used}}`,
	"pending": `query($org:String!){organization(login:$org){pendingMembers(first:10){totalCount nodes{login}} teams(first:50){nodes{slug invitations(first:10){totalCount nodes{id email role createdAt invitationSource invitationType invitee{login} inviterActor{login}}}}}}}`,
	"teams": `query($org:String!,$after:String){organization(login:$org){teams(first:50,after:$after,orderBy:{field:NAME,direction:ASC}){totalCount pageInfo{hasNextPage endCursor}
		nodes{id databaseId slug combinedSlug name description privacy createdAt updatedAt url viewerCanAdminister parentTeam{id slug} organization{login} ancestors(first:5){nodes{slug}} childTeams(first:5,immediateOnly:false){nodes{slug}}
		members(first:100,membership:IMMEDIATE){totalCount pageInfo{hasNextPage endCursor} edges{role cursor node{id databaseId login}}}
		repositories(first:100){totalCount pageInfo{hasNextPage endCursor} edges{permission node{id databaseId}}}}}} rateLimit{cost nodeCount remaining resetAt}}`,
	"repositories": `query($org:String!,$after:String){organization(login:$org){repositories(first:25,after:$after,orderBy:{field:NAME,direction:ASC}){totalCount pageInfo{hasNextPage endCursor}
		nodes{id databaseId name nameWithOwner description visibility isPrivate isArchived archivedAt isFork isDisabled isLocked isEmpty isTemplate isMirror isInOrganization pushedAt createdAt updatedAt forkingAllowed viewerPermission viewerCanAdminister url
		owner{__typename login ... on Organization{databaseId}} defaultBranchRef{id name prefix}
		collaborators(first:50,affiliation:DIRECT){totalCount pageInfo{hasNextPage endCursor} edges{permission node{id databaseId login} permissionSources{permission roleName organization{login} source{__typename ... on Organization{id login} ... on Repository{id nameWithOwner} ... on Team{id slug}}}}}
		environments(first:10){totalCount pageInfo{hasNextPage endCursor} nodes{id databaseId name}}
		deployKeys(first:10){totalCount nodes{id title readOnly verified enabled createdAt key}}
		branchProtectionRules(first:10){totalCount pageInfo{hasNextPage endCursor} nodes{id databaseId pattern isAdminEnforced allowsForcePushes allowsDeletions restrictsPushes requiresApprovingReviews requiredApprovingReviewCount requiresCodeOwnerReviews restrictsReviewDismissals lockBranch blocksCreations requireLastPushApproval requiredDeploymentEnvironments}}
		rulesets(first:10,includeParents:false){totalCount nodes{id databaseId name target enforcement createdAt updatedAt source{__typename ... on Repository{name} ... on Organization{login}} bypassActors(first:10){totalCount nodes{id bypassMode deployKey organizationAdmin repositoryRoleDatabaseId repositoryRoleName actor{__typename ... on Team{slug} ... on App{slug}}}}}}}}}
		rateLimit{cost nodeCount remaining resetAt}}`,
	"precondition": `query($owner:String!,$name:String!,$login:String!,$ref:String){repository(owner:$owner,name:$name){id databaseId nameWithOwner codeowners(refName:$ref){errors{line column kind message path source suggestion}}
		collaborators(first:1,affiliation:DIRECT,login:$login){edges{permission node{id databaseId login} permissionSources{permission roleName source{__typename ... on Repository{id} ... on Team{id slug} ... on Organization{id}}}}}
		environment(name:"production"){id databaseId} planFeatures{codeowners}} rateLimit(dryRun:true){cost nodeCount}}`,
	"environments": `query($ids:[ID!]!){nodes(ids:$ids){__typename ... on Environment{id databaseId name isPinned latestCompletedDeployment{id databaseId createdAt state creator{__typename login} commitOid environment}
		protectionRules(first:3){totalCount nodes{databaseId type timeout preventSelfReview reviewers(first:6){totalCount nodes{__typename ... on User{id databaseId login} ... on Team{id databaseId slug}}}}}}} rateLimit{cost nodeCount}}`,
	"protection": `query($ids:[ID!]!){nodes(ids:$ids){__typename ... on BranchProtectionRule{id pattern
		pushAllowances(first:20){totalCount nodes{id actor{__typename ... on User{id login} ... on Team{id slug} ... on App{id slug databaseId}}}}
		bypassPullRequestAllowances(first:20){totalCount nodes{id actor{__typename ... on User{id login} ... on Team{id slug} ... on App{id slug}}}}
		bypassForcePushAllowances(first:20){totalCount nodes{id actor{__typename ... on User{id login} ... on Team{id slug} ... on App{id slug}}}}
		reviewDismissalAllowances(first:20){totalCount nodes{id actor{__typename ... on User{id login} ... on Team{id slug} ... on App{id slug}}}}}} rateLimit{cost nodeCount}}`,
	"activity": `query($ids:[ID!]!,$organization:ID!,$from:DateTime!){nodes(ids:$ids){__typename ... on User{id login contributionsCollection(organizationID:$organization,from:$from){hasAnyContributions totalCommitContributions totalPullRequestContributions totalPullRequestReviewContributions totalIssueContributions restrictedContributionsCount startedAt endedAt commitContributionsByRepository(maxRepositories:10){repository{id} contributions(first:1,orderBy:{field:OCCURRED_AT,direction:DESC}){nodes{occurredAt commitCount}}}}}} rateLimit{cost}}`,
	"team": `query($id:ID!,$m:String,$r:String){node(id:$id){__typename ... on Team{id slug
		members(first:100,after:$m,membership:IMMEDIATE){pageInfo{hasNextPage endCursor} edges{role node{id}}}
		repositories(first:100,after:$r){pageInfo{hasNextPage endCursor} edges{permission node{id}}}}} rateLimit{cost}}`,
	"rulesets":    `query($org:String!,$name:String!){organization(login:$org){rulesets(first:10){totalCount nodes{name source{__typename}}} repository(name:$name){rulesets(first:10){nodes{name}}}}}`,
	"deployments": `query($owner:String!,$name:String!){repository(owner:$owner,name:$name){deployments(first:10,orderBy:{field:CREATED_AT,direction:DESC}){totalCount nodes{id databaseId state environment originalEnvironment latestEnvironment createdAt updatedAt commitOid creator{__typename login url} repository{name}}}}}`,
	"viewer":      `{viewer{login id databaseId organizations(first:10){totalCount nodes{login}} organization(login:"village"){id}} meta{hookIpAddresses isPasswordAuthenticationVerifiable} rateLimit{limit}}`,
	"person":      `query($login:String!){user(login:$login){login contributionsCollection{hasAnyContributions user{login} totalRepositoriesWithContributedCommits hasAnyRestrictedContributions}} repositoryOwner(login:$login){__typename login id}}`,
	"fragments": `query($org:String!,$more:Boolean=false,$less:Boolean=true){...Root rateLimit{cost}}
		fragment Root on Query{a:organization(login:$org){...Names id @skip(if:$less) repositories(first:1){nodes{... on Node{id} ...Names2}}}}
		fragment Names on Organization{login ... @include(if:$more){name} ... on Actor{url}} fragment Names2 on Repository{name name}`,
}

// idsOf lists the node ids of all things of a kind in the world.
func idsOf(w *World, kind string) []string {
	var out []string
	for id := range w.Index().byID[kind] {
		out = append(out, nodeID(kind, id))
	}
	slices.Sort(out)
	return out[:min(len(out), 100)]
}

// varsFor gives a query the variables that it declares.
func varsFor(w *World, name, query string) map[string]any {
	o := w.Orgs[0]
	kinds := map[string]string{"environments": "Environment", "protection": "BranchProtectionRule", "activity": "User"}
	all := map[string]any{"org": o.Login, "after": nil, "owner": o.Login, "name": o.Repos[0].Name, "login": o.Members[0].Login, "ref": "main",
		"id": nodeID("Team", o.Teams[0].ID), "organization": nodeID("Organization", o.ID), "from": w.Meta.Now.AddDate(0, -6, 0), "ids": idsOf(w, kinds[name])}
	head, _, _ := strings.Cut(query, "{")
	for k := range all {
		if !strings.Contains(head, "$"+k+":") {
			delete(all, k)
		}
	}
	return all
}

func TestEveryAnswerFitsGitHubsSchema(t *testing.T) {
	schemas := map[string]*ast.Schema{"published": contract.Schema(t), "newer": contract.NewerSchema(t)}
	worlds := map[string]func() *World{"village": village, "demo": Demo}
	for world, make := range worlds {
		s := startSim(t, make(), Options{})
		for name, query := range auditQueries {
			vars := varsFor(make(), name, query)
			for _, token := range []string{"owner", "member", "app"} {
				raw, _ := json.Marshal(map[string]any{"query": query, "variables": vars})
				_, body := s.as(token).do("POST", "/graphql", string(raw))
				var a struct{ Data, Errors json.RawMessage }
				if err := json.Unmarshal(body, &a); err != nil || a.Data == nil {
					t.Fatalf("%s, %s as %s: %v: %s", world, name, token, err, body)
				}
				if a.Errors != nil && token == "owner" {
					t.Errorf("%s, %s as owner: %s", world, name, a.Errors)
				}
				for version, schema := range schemas {
					doc, errs := contract.Query(schema, query)
					if errs != nil {
						t.Fatalf("%s is no valid query by the %s schema: %v", name, version, errs)
					}
					for _, err := range contract.CheckAnswer(schema, doc, a.Data, map[string]any{"more": false, "less": true}) {
						t.Errorf("%s, %s as %s, by the %s schema: %v", world, name, token, version, err)
					}
				}
			}
		}
	}
}

func TestTypesAgreeWithGitHubsSchema(t *testing.T) {
	for version, schema := range map[string]*ast.Schema{"published": contract.Schema(t), "newer": contract.NewerSchema(t)} {
		for name, d := range schemaTypes() {
			theirs := schema.Types[name]
			if theirs == nil || theirs.Kind != d.Kind {
				t.Errorf("%s: there is no %s like ours", version, name)
				continue
			}
			for _, v := range d.EnumValues {
				if theirs.EnumValues.ForName(v.Name) == nil {
					t.Errorf("%s: %s has no value %s", version, name, v.Name)
				}
			}
			for _, f := range d.Fields {
				compareField(t, version, name, f, theirs.Fields.ForName(f.Name))
			}
		}
	}
}

func compareField(t *testing.T, version, typ string, ours, theirs *ast.FieldDefinition) {
	t.Helper()
	if theirs == nil || theirs.Type.String() != ours.Type.String() {
		t.Errorf("%s: %s.%s is not %s there", version, typ, ours.Name, ours.Type)
		return
	}
	for _, a := range ours.Arguments {
		b := theirs.Arguments.ForName(a.Name)
		if b == nil || b.Type.String() != a.Type.String() || defaultText(b.DefaultValue) != defaultText(a.DefaultValue) {
			t.Errorf("%s: argument %s of %s.%s differs", version, a.Name, typ, ours.Name)
		}
	}
}

func defaultText(v *ast.Value) string {
	if v == nil {
		return ""
	}
	return v.String()
}

func TestEveryFieldOfTheTypesIsAnswered(t *testing.T) {
	for name, d := range schemaTypes() {
		for _, f := range d.Fields {
			if name == "RepositoryCodeownersError" {
				continue // worlds have no files, so the list of errors is always empty
			}
			usual := strings.HasSuffix(name, "Connection") || name == "PageInfo" || strings.HasSuffix(name, "Edge") && (f.Name == "node" || f.Name == "cursor")
			if d.Kind == ast.Object && !usual && resolvers[name][f.Name] == nil {
				t.Errorf("%s.%s has no resolver", name, f.Name)
			}
		}
		for f := range resolvers[name] {
			if d.Fields.ForName(f) == nil {
				t.Errorf("the resolver of %s.%s answers no field", name, f)
			}
		}
	}
}
