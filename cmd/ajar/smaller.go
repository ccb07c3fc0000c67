package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/remediate"
)

// smaller makes the plan that was asked for: of those findings, and so many actions.
func smaller(in remediate.Input, only map[string][]string, most int) remediate.Plan {
	in.Max = most
	in.Findings = slices.DeleteFunc(slices.Clone(in.Findings), func(f access.Finding) bool {
		return !chosen(only["rule"], f.Rule) || !chosen(only["resource"], f.Resource.Name) || !chosen(only["principal"], f.Principal.Name)
	})
	return remediate.NewPlan(in)
}

// leftOut counts what the whole plan has and the one that was asked for has not.
func leftOut(whole, p remediate.Plan) report.PlanLeft {
	return report.PlanLeft{
		Actions: lacking(whole.Actions, p.Actions, func(a remediate.Action) string { return a.ID }),
		Waiting: lacking(whole.Waiting, p.Waiting, func(w remediate.Waiting) string { return w.ID }),
		Refused: lacking(whole.Refused, p.Refused, func(r remediate.Refusal) string { return r.ID + "\n" + r.Finding }),
		Instructions: lacking(whole.Instructions, p.Instructions, func(i remediate.Instruction) string {
			return i.Finding + "\n" + i.Title
		}),
	}
}

// lacking counts those of all that are not in some, by what tells one from another.
func lacking[T any](all, some []T, key func(T) string) int {
	there := map[string]bool{}
	for _, x := range some {
		there[key(x)] = true
	}
	n := 0
	for _, x := range all {
		if !there[key(x)] {
			n++
		}
	}
	return n
}

func chosen(words []string, w string) bool {
	return len(words) == 0 || slices.ContainsFunc(words, func(x string) bool { return strings.EqualFold(x, w) })
}

// parseOnly reads the KEY=VALUE pairs of --only.
func parseOnly(pairs []string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, p := range pairs {
		key, value, ok := strings.Cut(p, "=")
		if !ok || value == "" || !slices.Contains([]string{"rule", "resource", "principal"}, key) {
			return nil, withHint(usage("--only %q is not a choice", p), "rule=RULE, resource=RESOURCE or principal=PRINCIPAL")
		}
		if key == "rule" {
			if err := known("--only rule", "rule", value, ruleNames()); err != nil {
				return nil, err
			}
		} else if _, _, err := split(value); err != nil {
			return nil, err
		}
		out[key] = append(out[key], value)
	}
	return out, nil
}

// asked says in words which smaller plan was asked for.
func asked(f planFlags) string {
	words := slices.Clone(f.only)
	if f.max > 0 {
		words = append(words, fmt.Sprintf("at most %d actions", f.max))
	}
	return strings.Join(words, ", ")
}
