package adopt

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// document writes all but the ending.
func (w *writer) document() string {
	var body strings.Builder
	body.WriteString(w.organization())
	body.WriteString(w.roleTables())
	body.WriteString(w.standing())
	body.WriteString(w.guarded())
	w.sortOdd()
	body.WriteString(w.apart())
	for r := range w.holders {
		switch r.Kind {
		case access.Team:
			w.result.Teams++
		case access.User:
			w.result.People++
		}
	}
	return w.header(body.String()) + body.String()
}

func (w *writer) day() string { return w.s.TakenAt.UTC().Format(time.DateOnly) }

// header says what the file is, and first what could not be seen.
func (w *writer) header(body string) string {
	var b strings.Builder
	for line := range strings.Lines(body) {
		if t := strings.TrimSpace(line); t != "" && t[0] != '#' {
			w.result.Lines++
		}
		if strings.HasPrefix(line, "[[") {
			w.result.Entries++
		}
	}
	w.result.Entries += w.result.together
	b.WriteString(comment(fmt.Sprintf("What %s allows: %s for %s of %s and %s. ajar init wrote this from what was there on %s; from now on it is yours.",
		w.s.Org.Login, number(w.result.Entries, "entry", "entries"), number(w.result.Grants, "grant", "grants"),
		number(w.result.Teams, "team", "teams"), number(w.result.People, "person", "people"), w.day())))
	b.WriteString("#\n")
	if len(w.blind) > 0 {
		b.WriteString("# NOT SEEN. What could not be read is not managed here; run ajar init again with a token that\n# sees it.\n")
		for _, line := range w.blind {
			b.WriteString(point(line))
		}
		b.WriteString("#\n")
	}
	b.WriteString(comment("Whatever goes beyond this file is a finding of the next audit. Privileged access has an end: " +
		"when it is past, look at the entry, then set a new date, or take it out and remove the access."))
	if strings.Contains(body, "# UNUSUAL") {
		b.WriteString(comment("What is unusual is set apart at the end, with the reason and an early end. Begin there."))
	}
	if strings.Contains(body, "{repo}") {
		b.WriteString(comment("{repo} in the name of a team stands for the name of each repository in on."))
	}
	return b.String()
}

// roleTables writes the roles that occur.
func (w *writer) roleTables() string {
	kinds := slices.SortedFunc(maps.Keys(w.usedRoles()), w.compareAccess)
	if len(kinds) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(title("Roles"))
	if w.seesEnvironments() && len(w.s.Environments) > 0 {
		b.WriteString(comment("Whoever can write to a repository can deploy to its environments: GitHub has no other way."))
	}
	for _, k := range kinds {
		fmt.Fprintf(&b, "\n[roles.%s]\n", w.roles[k])
		switch {
		case k.org != 0:
			r, _ := w.s.OrgRole(k.org)
			fmt.Fprintf(&b, "organization = %s", quote(r.Name))
			if k.privilege >= access.Read {
				fmt.Fprintf(&b, "  # %s on every repository", k.privilege)
			}
			b.WriteString("\n")
		case k.custom != 0:
			r, _ := w.s.CustomRole(k.custom)
			fmt.Fprintf(&b, "repository = %s", quote("role:"+r.Name))
			fmt.Fprintf(&b, "  # a custom role, builds on %s\n", k.privilege)
		default:
			fmt.Fprintf(&b, "repository = %q\n", k.privilege)
		}
		b.WriteString(w.deploys(k))
		if w.privileged(k) {
			b.WriteString("reason = \"held on " + w.day() + ", when this file was begun\"\n")
		}
	}
	return b.String()
}

// deploys writes what the role gives on environments: whoever can write can get a
// job into one, whoever administers can change it.
func (w *writer) deploys(k kindOfAccess) string {
	if k.org != 0 || k.privilege < access.Write || len(w.s.Environments) == 0 || !w.seesEnvironments() {
		return ""
	}
	if k.privilege == access.Admin {
		return "environments = { \"*\" = [\"deploy\", \"configure\"] }\n"
	}
	return "environments = { \"*\" = [\"deploy\"] }\n"
}

func (w *writer) seesEnvironments() bool {
	for _, a := range envAreas {
		if s := w.s.Coverage.Of(a).Status; s != access.Complete && s != access.Unavailable {
			return false
		}
	}
	return true
}

func (w *writer) usedRoles() map[kindOfAccess]bool {
	used := map[kindOfAccess]bool{}
	for _, blocks := range [][]block{w.teams, w.orgRoles, w.persons, w.outsiders, w.odd} {
		for _, b := range blocks {
			used[b.what] = true
		}
	}
	return used
}

// standing writes the assignments that look like every other.
func (w *writer) standing() string {
	var b strings.Builder
	ending := len(w.orgRoles)
	for _, t := range w.teams {
		if w.privileged(t.what) {
			ending++
		}
	}
	clock := w.clock(forTeams, ending)
	if len(w.teams) > 0 {
		b.WriteString(title("Teams, the most powerful first"))
	}
	var run []dated // of one role
	for i, t := range w.teams {
		d := dated{block: t}
		if w.privileged(t.what) {
			d.end = clock.next()
		}
		run = append(run, d)
		if i+1 == len(w.teams) || w.teams[i+1].what != t.what {
			b.WriteString("\n# --- " + w.roles[t.what] + "\n" + w.assignments(run))
			run = nil
		}
	}
	if len(w.orgRoles) > 0 {
		b.WriteString(title("Organization roles"))
	}
	b.WriteString(w.assignments(date(w.orgRoles, clock)))
	w.ended(clock)
	people := w.clock(forPeople, len(w.persons)+len(w.outsiders))
	if len(w.persons) > 0 {
		b.WriteString(title("People with grants of their own"))
		b.WriteString(comment("No team gives them this. Where a team could, prefer it: people who leave the team lose the access."))
	}
	b.WriteString(w.assignments(date(w.persons, people)))
	if len(w.outsiders) > 0 {
		b.WriteString(title("Outside collaborators who cannot write"))
	}
	b.WriteString(w.assignments(date(w.outsiders, people)))
	w.ended(people)
	return b.String()
}

// privileged reports whether standing access of this kind needs an end, as a
// baseline has it unless [standing] says otherwise.
func (w *writer) privileged(k kindOfAccess) bool { return k.org != 0 || k.privilege >= access.Write }

// assignment writes one [[assign]].
func (w *writer) assignment(b block, end string) string {
	var t strings.Builder
	t.WriteString("\n")
	if b.note != "" {
		t.WriteString(comment(b.note))
	}
	t.WriteString("[[assign]]\n")
	fmt.Fprintf(&t, "role = %q\n", w.roles[b.what])
	t.WriteString(list("to", items(b.to)))
	t.WriteString(list("on", b.on))
	if b.why != "" {
		fmt.Fprintf(&t, "reason = %s\n", quote(b.why))
	}
	if end != "" {
		fmt.Fprintf(&t, "expires = %s\n", end)
	}
	return t.String()
}

// guarded writes how environments are protected.
func (w *writer) guarded() string {
	if len(w.rules) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(title("Environments, as far as they are protected today"))
	b.WriteString(comment("What is missing here, such as a reviewer or a limit of branches, is a finding until it is set on GitHub."))
	for _, r := range w.rules {
		b.WriteString("\n[[environment]]\n" + list("match", r.match) + r.keys)
	}
	return b.String()
}

// apart writes what a person should decide on.
func (w *writer) apart() string {
	var b strings.Builder
	if len(w.odd)+len(w.keys) > 0 {
		b.WriteString(title("UNUSUAL: decide on each of these"))
		b.WriteString(comment("Accepted for a few weeks only. To keep it, move it up and set a later end; else take it out and remove the access on GitHub."))
	}
	clock := w.clock(forOdd, len(w.odd)+len(w.keys))
	odd := date(w.odd, clock)
	for i := 0; i < len(odd); {
		h, n := headline(odd[i].why), i+1
		for n < len(odd) && headline(odd[n].why) == h {
			n++
		}
		b.WriteString("\n# --- " + upper(plain(h)) + "\n" + w.assignments(odd[i:n]))
		w.result.Apart += n - i
		i = n
	}
	for _, k := range w.keys {
		b.WriteString("\n# --- " + upper(k.why) + "\n\n")
		b.WriteString("[[key]]\n" + list("match", k.match) + "write = true\nreason = \"in use on " + w.day() + "\"\nexpires = " + clock.next() + "\n")
		w.result.Apart++
	}
	w.ended(clock)
	if len(w.pending) > 0 {
		b.WriteString(title("Invitations that wait"))
		b.WriteString(comment("No entry accepts one. Look whether each is still wanted."))
		for _, p := range w.pending {
			b.WriteString(point(p))
		}
	}
	return b.String()
}

// headline is the first of several reasons, without its particulars.
func headline(why string) string {
	for _, sep := range []string{";", ": ", " since "} {
		why, _, _ = strings.Cut(why, sep)
	}
	return why
}

// sortOdd puts together what is unusual for the same first reason, the most
// powerful first.
func (w *writer) sortOdd() {
	top := map[string]kindOfAccess{}
	for _, o := range w.odd {
		h := headline(o.why)
		if t, ok := top[h]; !ok || w.compareAccess(o.what, t) < 0 {
			top[h] = o.what
		}
	}
	slices.SortStableFunc(w.odd, func(a, b block) int {
		x, y := headline(a.why), headline(b.why)
		return cmp.Or(w.compareAccess(top[x], top[y]), cmp.Compare(x, y), w.compareAccess(a.what, b.what))
	})
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// ending says what this file does not accept, and what the next audit will show.
func (w *writer) ending(remain []Count) string {
	var b strings.Builder
	if len(w.refused) > 0 {
		slices.SortFunc(w.refused, compareNames)
		b.WriteString(title("NOT ACCEPTED: these stay findings"))
		for _, r := range w.refused {
			b.WriteString(point(r))
		}
	}
	if len(remain) > 0 {
		b.WriteString(title("What the next audit will show"))
		for _, c := range remain {
			fmt.Fprintf(&b, "# %4d  %s (%s)\n", c.Findings, c.Rule, c.Severity)
		}
	}
	return b.String()
}
