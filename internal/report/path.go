package report

import (
	"strings"

	"github.com/eb661601/ajar/access"
)

const arrow = " → "

// PathText writes a path with arrows:
//
//	user:alice → team:acme/sre → (parent) team:acme/eng → write → repo:acme/api
func PathText(p access.Path) string { return string(appendPath(nil, p)) }

func appendPath(b []byte, p access.Path) []byte {
	for i, s := range p {
		if i == 0 {
			b = append(b, s.From.Name...)
		} else if s.From.Ref != p[i-1].To.Ref { // a chain that does not join: say where it goes on
			b = append(append(b, arrow...), s.From.Name...)
		}
		b = append(b, arrow...)
		if l := link(s); l != "" {
			b = append(b, l...)
			if strings.HasPrefix(l, "(") && s.To.Kind != access.Repo && s.To.Kind != access.Env {
				b = append(b, ' ')
			} else {
				b = append(b, arrow...)
			}
		}
		b = append(b, s.To.Name...)
	}
	return b
}

// link is what one step gives, in words: the role where it leads to a resource,
// a note where it leads to a team or an organization.
func link(s access.Step) string {
	switch {
	case s.To.Kind == access.Team && s.From.Kind == access.Team:
		return "(parent)"
	case s.To.Kind == access.Team:
		if s.Privilege == access.Maintain {
			return "(maintainer)"
		}
		return ""
	case s.To.Kind == access.Org && s.Source == access.ByOrgRole:
		return "(organization role " + role(s) + ")"
	case s.To.Kind == access.Org:
		return "(" + role(s) + ")"
	case s.Source == access.Base:
		return role(s) + " (base permission)"
	case s.Source == access.ByOrgRole && s.From.Kind == access.Org: // the step before names the role
		return s.Privilege.String()
	case s.Source == access.ByOrgRole:
		return role(s) + " (organization role)"
	}
	return role(s)
}

// role is the word for what a step gives: GitHub's own or the custom role's
// name, else the privilege.
func role(s access.Step) string {
	if s.Role != "" {
		return s.Role
	}
	return s.Privilege.String()
}

// path writes one path, broken before arrows where it does not fit.
func (p *page) path(indent int, path access.Path) {
	for i, l := range breakPath(Visible(PathText(path)), p.width-indent) {
		if i == 1 {
			indent += 2
		}
		p.line(space(indent), span{text: l})
	}
}

// breakPath breaks a path before its arrows, and a part of it that is wider than a
// line as [wrap] does. Lines after the first are two columns shorter, for an indent.
func breakPath(text string, width int) []string {
	var lines []string
	line, room := "", width
	for i, part := range strings.Split(text, arrow) {
		next := part
		if i > 0 {
			if columns(line+arrow+part) <= room {
				line += arrow + part
				continue
			}
			lines, next = append(lines, line), "→ "+part
		}
		if len(lines) > 0 {
			room = width - 2
		}
		line = next
		if columns(line) > room {
			broken := wrap(line, width-2)
			lines, line, room = append(lines, broken[:len(broken)-1]...), broken[len(broken)-1], width-2
		}
	}
	return append(lines, line)
}

// how is the middle of a path, for where both its ends are told already and held
// is the word for what is held: the teams and organizations on the way, or the
// source where there are none. What the path gives is left out only where it is what
// is held: one that gives less must not read as one more way to it. The repository
// of an environment is told by the environment's name.
func how(p access.Path, held string) string {
	if len(p) == 0 {
		return ""
	}
	last := p[len(p)-1]
	if n := len(p) - 1; n > 0 && last.To.Kind == access.Env && last.From.Kind == access.Repo && p[n-1].To.Ref == last.From.Ref {
		given := link(p[n-1])
		return strings.TrimSuffix(how(p[:n], role(p[n-1])), arrow+given) + arrow + given + " (repository)"
	}
	parts := strings.Split(PathText(p), arrow)
	parts = parts[1 : len(parts)-1]
	given := role(last)
	told := len(parts) > 0 && parts[len(parts)-1] == given
	if told && given == held {
		parts = parts[:len(parts)-1]
	}
	switch {
	case len(parts) == 0:
		return last.Source.String()
	case told && given != held && len(parts) == 1:
		return last.Source.String() + arrow + given
	}
	return strings.Join(parts, arrow)
}

// waysTo parts the paths of a finding into those that give as much as the grant that
// it is about, and those that give less. A finding about no grant on a resource has
// none of the latter.
func waysTo(f *access.Finding) (enough, less []access.Path) {
	for _, p := range f.Paths {
		if g := f.Grant; g != nil && len(p) > 0 && p[len(p)-1].To.Ref == g.Resource && p.Gives() < g.Privilege {
			less = append(less, p)
			continue
		}
		enough = append(enough, p)
	}
	return enough, less
}

// appendSources lists where the paths get their access from, each once, in order.
// The step from a repository into its environment has none: the one before tells.
func appendSources(b []byte, paths []access.Path) []byte {
	var seen uint32
	for _, path := range paths {
		if len(path) == 0 {
			continue
		}
		last := len(path) - 1
		for last > 0 && path[last].Source == access.NoSource {
			last--
		}
		s := path[last].Source
		if bit := uint32(1) << s; seen&bit == 0 {
			if seen != 0 {
				b = append(b, ' ')
			}
			seen |= bit
			b = append(b, s.String()...)
		}
	}
	return b
}
