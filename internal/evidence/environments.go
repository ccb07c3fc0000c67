package evidence

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

var environmentColumns = []Column{
	{"environment", "Environment", "The environment, by name.", Text},
	{"environment_id", "Environment ID", "GitHub's number of it.", Whole},
	{"repository", "Repository", "Its repository.", Text},
}

func (g *gathering) environments() Table {
	return build("environments", "Environments",
		"One row for each deployment environment at the start and at the end of the period: what guards it, and how many can do what. Who can approve and bypass stands in environment-access.",
		"the snapshots at both ends; the counts follow from grants as ajar who-can does",
		slices.Concat(momentColumns, environmentColumns, []Column{
			{"gate_seen", "Gate seen", "Whether the reviewers, the timer and self-review were read. Where not, the next columns are empty.", Yes},
			{"reviewers", "Reviewers", "Who is listed as required reviewer, separated by semicolons; empty: nobody, so that no approval is needed.", Text},
			{"reviewers_listed", "Reviewers listed", "How many are listed; of people and teams together.", Whole},
			{"prevent_self_review", "Prevents self-review", "Whether somebody who started a deployment may not approve it.", Yes},
			{"wait_timer", "Wait timer", "How long a job waits, in minutes.", Whole},
			{"policy_seen", "Policy seen", "Whether bypass and branches were read. Where not, the next columns are empty.", Yes},
			{"admin_bypass", "Admin bypass", "Whether administrators of the repository may deploy past the gate; empty where GitHub does not tell.", Yes},
			{"branches", "Branches", "any, protected or selected.", Text},
			{"patterns", "Patterns", "The names of branches and tags that may deploy, where they are selected; separated by semicolons.", Text},
			{"secrets", "Secrets", "How many secrets it has; empty where that was not read.", Whole},
			{"can_deploy", "Can deploy", "How many people and keys can get a job into it.", Whole},
			{"can_approve", "Can approve", "How many people can approve a deployment.", Whole},
			{"can_bypass", "Can bypass", "How many people can deploy past the gate; where the setting was not seen they are counted.", Whole},
			{"can_configure", "Can configure", "How many people can change the gate.", Whole},
		}), func(ctx context.Context, emit emit) error {
			return g.ends(ctx, func(_ *organization, n *names, v *view, head []Value) error {
				reviewers := map[int64][]string{}
				for _, x := range v.snap.Grants {
					if x.Resource.Kind == access.Env && x.Source == access.Reviewer {
						reviewers[x.Resource.ID] = append(reviewers[x.Resource.ID], n.of(x.Principal))
					}
				}
				for _, e := range v.snap.Environments {
					if err := emit(slices.Concat(head, n.environment(e), guarding(e, reviewers[e.ID]), v.able(e.ID))...); err != nil {
						return err
					}
				}
				return nil
			})
		})
}

func (n *names) environment(e access.Environment) []Value {
	return []Value{Of(n.of(access.Ref{Kind: access.Env, ID: e.ID})), Count(e.ID), Of(n.of(access.Ref{Kind: access.Repo, ID: e.Repo}))}
}

// guarding says what stands before an environment.
func guarding(e access.Environment, reviewers []string) []Value {
	row := []Value{Is(e.Gate != nil), {}, {}, {}, {}, Is(e.Policy != nil), {}, {}, {}, {}}
	if gate := e.Gate; gate != nil {
		slices.Sort(reviewers)
		row[1], row[2], row[3], row[4] = Of(strings.Join(reviewers, "; ")), Count(gate.Reviewers), Is(gate.PreventSelfReview), Count(gate.WaitTimer)
	}
	if p := e.Policy; p != nil {
		if p.AdminBypass != nil {
			row[6] = Is(*p.AdminBypass)
		}
		var patterns []string
		for _, x := range p.Patterns {
			name := x.Name
			if x.Type == "tag" {
				name = "tag " + name
			}
			patterns = append(patterns, name)
		}
		slices.Sort(patterns)
		row[7], row[8] = Of(p.Branches), Of(strings.Join(patterns, "; "))
	}
	if e.Secrets != nil {
		row[9] = Count(len(e.Secrets.Names))
	}
	return row
}

func (v *view) able(env int64) []Value {
	return []Value{Count(len(v.graph.CanDeploy(env))), Count(len(v.graph.MayApprove(env))), Count(len(v.graph.CanBypass(env))), Count(len(v.graph.CanConfigure(env)))}
}

func (g *gathering) environmentAccess() Table {
	return build("environment-access", "Who can approve and bypass",
		"One row for each person and each environment where they can approve a deployment, go past the gate, or change it, at the start and at the end of the period.",
		"the snapshots at both ends, followed as ajar who-can does",
		slices.Concat(momentColumns, environmentColumns, []Column{
			{"principal", "Person", "Who, by name.", Text},
			{"principal_id", "Person ID", "GitHub's number of the account.", Whole},
			{"privilege", "Can", "approve, bypass or configure.", Text},
			{"ways", "Ways", "How many chains of grants lead there.", Whole},
			{"way", "First way", "The strongest of them.", Text},
			{"note", "Note", "What stands in between, or what was not seen.", Text},
			{"uncertain", "Uncertain", "Whether the setting that decides was not seen, so that it may be so or not.", Yes},
		}), func(ctx context.Context, emit emit) error {
			return g.ends(ctx, func(_ *organization, n *names, v *view, head []Value) error {
				for _, e := range v.snap.Environments {
					for _, can := range [][]reach.EnvAccess{v.graph.Approvers(e.ID), v.graph.CanBypass(e.ID), v.graph.CanConfigure(e.ID)} {
						for _, a := range can {
							row := slices.Concat(head, n.environment(e), []Value{Of(n.of(a.Principal)), Count(a.Principal.ID), Of(a.Privilege.String()),
								Count(len(a.Paths)), Of(way(a.Paths)), Of(a.Note), Is(a.Unknown)})
							if err := emit(row...); err != nil {
								return err
							}
						}
					}
				}
				return nil
			})
		})
}

// way writes the first of several paths.
func way(paths []access.Path) string {
	if len(paths) == 0 {
		return ""
	}
	var words []string
	for i, s := range paths[0] {
		if i == 0 {
			words = append(words, s.From.Name)
		}
		words = append(words, s.To.Name)
	}
	return strings.Join(words, " > ")
}

// seconds is the cell of a length of time, in whole seconds.
func seconds(d time.Duration) Value { return Count(int64(d / time.Second)) }

// between is the cell of the time from one instant to another, as they are written: to the
// second, so that the column is the difference of the other two.
func between(from, to time.Time) Value { return seconds(written(to).Sub(written(from))) }

// written is an instant as the tables have it.
func written(at time.Time) time.Time { return at.UTC().Truncate(time.Second) }
