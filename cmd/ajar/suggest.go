package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

// suggesting is what a completion may ask: the configuration and the store as they
// lie there. GitHub is never asked, and nothing is said or changed: whatever is
// wrong gives no suggestion.
type suggesting struct {
	ctx    context.Context
	root   *cobra.Command
	config *config.Config
	store  *store.Store // nil where there is none
	args   []string     // the arguments before the one that is completed
	word   string       // what of it was typed
}

// suggestion gives the words that may stand in one place; a tab begins what a shell
// shows beside a word.
type suggestion func(*suggesting) ([]string, cobra.ShellCompDirective)

// files leaves an argument to the shell, which completes names of files.
func files(*suggesting) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// arguments are what the arguments of commands are. Where a command takes more than
// is listed, the last stands for the rest.
var arguments = map[string][]suggestion{
	"access": {(*suggesting).principals}, "who-can": {(*suggesting).privileges, (*suggesting).resources},
	"baseline explain": {(*suggesting).principals, (*suggesting).resources}, "baseline check": {files, files},
	"findings show": {(*suggesting).findings}, "diff": {(*suggesting).times, (*suggesting).times},
	"plan approve": {(*suggesting).plans}, "plan withdraw": {(*suggesting).plans}, "apply": {(*suggesting).plans},
	"restore": {(*suggesting).runs}, "journal show": {(*suggesting).runs}, "journal verify": {files}, "journal export": {files},
	"man":          {(*suggesting).commands, (*suggesting).commands},
	"store backup": {files}, "config check": {files}, "verify": {files},
}

// suggests makes what the shell calls out of what each argument is.
func (a *app) suggests(each []suggestion) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= len(each) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		a.errs = io.Discard // a warning in the middle of a command line helps nobody
		s := &suggesting{ctx: cmd.Context(), root: cmd.Root(), args: args, word: word}
		var err error
		if s.config, err = a.config(); err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		if s.store, err = a.look(s.ctx, s.config); err == nil {
			defer a.closing(s.store)
		}
		words, what := each[len(args)](s)
		return slices.DeleteFunc(words, func(w string) bool { return !plainWord(w) }), what
	}
}

// safe are the words that no shell takes for anything else. Names of environments
// may hold whatever people typed, a command of the shell too: those that do not
// answer to it are not suggested.
var safe = regexp.MustCompile(`^[\pL\pN._/:@=+-][\pL\pN._/:@#=+-]*$`)

func plainWord(suggested string) bool {
	word, _, _ := strings.Cut(suggested, "\t")
	return safe.MatchString(word)
}

// beside is a word with what is shown beside it.
func beside(word, format string, args ...any) string {
	return word + "\t" + strings.ReplaceAll(report.Visible(fmt.Sprintf(format, args...)), "\t", " ")
}

// logins are the organizations that are meant: those of the flags or the
// configuration, else those of the store.
func (s *suggesting) logins() []string {
	if out := s.config.GitHub.Organizations; len(out) > 0 || s.store == nil {
		return out
	}
	orgs, err := s.store.Orgs(s.ctx)
	if err != nil {
		return nil
	}
	out := make([]string, len(orgs))
	for i, o := range orgs {
		out[i] = o.Login
	}
	return out
}

func (s *suggesting) orgs() ([]string, cobra.ShellCompDirective) {
	out := s.logins()
	if s.store != nil {
		if orgs, err := s.store.Orgs(s.ctx); err == nil {
			for _, o := range orgs {
				out = append(out, o.Login)
			}
		}
	}
	return once(out), cobra.ShellCompDirectiveNoFileComp
}

// newest visits the newest snapshot of each organization that is meant.
func (s *suggesting) newest(visit func(store.SnapshotInfo)) {
	if s.store == nil {
		return
	}
	for _, org := range s.logins() {
		if info, err := s.store.Latest(s.ctx, org); err == nil {
			visit(info)
		}
	}
}

// named gives the names of the kinds; before a colon was typed, the kinds.
func (s *suggesting) named(kinds ...access.Kind) ([]string, cobra.ShellCompDirective) {
	word, _, typed := strings.Cut(s.word, ":")
	var out []string
	if !typed {
		for _, k := range kinds {
			out = append(out, beside(k.String()+":", "%s", forms[k]))
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	kind, err := access.ParseKind(word)
	if err != nil || !slices.Contains(kinds, kind) {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	s.newest(func(info store.SnapshotInfo) {
		snap, err := s.store.Things(s.ctx, info)
		if err != nil {
			return
		}
		for _, ref := range all(snap, kind) {
			if name := snap.Name(ref); strings.HasPrefix(strings.ToLower(name), strings.ToLower(s.word)) {
				out = append(out, name)
			}
		}
	})
	slices.Sort(out)
	return out, cobra.ShellCompDirectiveNoFileComp
}

func (s *suggesting) principals() ([]string, cobra.ShellCompDirective) {
	return s.named(access.User, access.Team, access.Key, access.Invitation)
}

// resources are those on which the privilege before them can be had.
func (s *suggesting) resources() ([]string, cobra.ShellCompDirective) {
	kinds := slices.DeleteFunc([]access.Kind{access.Repo, access.Env, access.Org}, func(k access.Kind) bool {
		return len(s.args) == 1 && !slices.Contains(privileges[k], s.args[0]) && isPrivilege(s.args[0])
	})
	return s.named(kinds...)
}

func isPrivilege(word string) bool {
	for _, words := range privileges {
		if slices.Contains(words, word) {
			return true
		}
	}
	return false
}

func (s *suggesting) privileges() ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(privileges)) {
		for _, word := range privileges[kind] {
			out = append(out, beside(word, "on %s", forms[kind]))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

func (s *suggesting) findings() ([]string, cobra.ShellCompDirective) {
	var out []string
	s.newest(func(info store.SnapshotInfo) {
		found, err := s.store.Findings(s.ctx, info.Org, store.Filter{States: []access.State{access.Open, access.Waived}})
		if err != nil {
			return
		}
		for _, f := range found {
			out = append(out, beside(fmt.Sprintf("%.8s", f.Fingerprint), "%s %s: %s", f.Severity, f.Rule, f.Title))
		}
	})
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// plans are saved plans by the beginning of their hash, and files.
func (s *suggesting) plans() ([]string, cobra.ShellCompDirective) {
	var out []string
	s.newest(func(info store.SnapshotInfo) {
		saved, err := s.store.Plans(s.ctx, info.OrgID)
		if err != nil {
			return
		}
		for _, p := range saved {
			out = append(out, beside(fmt.Sprintf("%.16s", p.Hash), "plan of %s, made %s", info.Org, instant(p.MadeAt)))
		}
	})
	return out, cobra.ShellCompDirectiveKeepOrder // without NoFileComp: the shell completes files where nothing fits
}

func (s *suggesting) runs() ([]string, cobra.ShellCompDirective) {
	var out []string
	if s.store != nil {
		runs, err := s.store.Runs(s.ctx, 0)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		slices.SortStableFunc(runs, func(a, b store.Run) int { return b.Begun.Compare(a.Begun) })
		for _, r := range runs {
			out = append(out, beside(r.Run, "begun %s by %s, %d actions", instant(r.Begun), r.Who, len(r.Actions)))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// times are words for times, and the stored snapshots.
func (s *suggesting) times() ([]string, cobra.ShellCompDirective) {
	out := []string{"yesterday", "7d\ta week ago", "30d\t30 days ago"}
	s.newest(func(info store.SnapshotInfo) {
		snaps, err := s.store.Snapshots(s.ctx, info.Org)
		if err != nil {
			return
		}
		for _, i := range snaps {
			// As a time: "#12" begins a comment of the shell. A second that has begun is
			// taken as a whole, or the snapshot would not be the newest before it.
			at := i.At.Add(time.Second - 1).UTC().Format(time.RFC3339)
			out = append(out, beside(at, "snapshot %d of %s", i.ID, i.Org))
		}
	})
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// commands are those below the one that the words before name.
func (s *suggesting) commands() ([]string, cobra.ShellCompDirective) {
	c, rest, err := s.root.Find(s.args)
	if err != nil || len(rest) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, sub := range c.Commands() {
		if inManual(sub) {
			out = append(out, beside(sub.Name(), "%s", sub.Short))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// only are the keys of plan --only, and what they stand for.
func (s *suggesting) only() ([]string, cobra.ShellCompDirective) {
	key, value, typed := strings.Cut(s.word, "=")
	if !typed {
		return []string{"rule=", "resource=", "principal="}, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	of := &suggesting{ctx: s.ctx, config: s.config, store: s.store, word: value}
	words, what := ruleNames(), cobra.ShellCompDirectiveNoFileComp
	switch key {
	case "rule":
	case "resource":
		words, what = of.resources()
	case "principal":
		words, what = of.principals()
	default:
		return nil, what
	}
	for i := range words {
		words[i] = key + "=" + words[i]
	}
	return words, what
}
