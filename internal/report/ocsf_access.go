package report

import (
	"io"
	"iter"

	"github.com/eb661601/ajar/access"
)

// What somebody can do is an IAM Analysis Finding: of the principal, where it was
// asked what they reach, and of the resource, where it was asked who reaches it.

func (v Access) ocsf(w io.Writer) error {
	rows := strongest(v.Rows, resourceOf)
	for i := range rows {
		rows[i].Principal = v.Principal
	}
	return ocsfRows(w, exported{org: v.Org, at: v.At, version: v.Version, notes: gapNotes(v.Gaps)}, values(rows), false)
}

func (v Matrix) ocsf(w io.Writer) error {
	return ocsfRows(w, exported{org: v.Org, at: v.At, version: v.Version, notes: gapNotes(v.Gaps)}, v.Rows, false)
}

func (v WhoCan) ocsf(w io.Writer) error {
	rows := strongest(v.Rows, principalOf)
	for i := range rows {
		rows[i].Resource = v.Resource
	}
	x := exported{org: v.Org, at: v.At, version: v.Version, notes: gapNotes(v.Gaps), meaning: v.Note}
	return ocsfRows(w, x, values(rows), true)
}

// ocsfRows writes what was not seen first, then the rows as they come. Held says
// that they are about the resource.
func ocsfRows(w io.Writer, x exported, rows iter.Seq2[AccessRow, error], held bool) error {
	if err := x.ocsfNotes(w); err != nil {
		return err
	}
	for r, err := range rows {
		if err != nil {
			return err
		}
		if err := ocsfLine(w, x.ocsfRow(r, held)); err != nil {
			return err
		}
	}
	return nil
}

func (x exported) ocsfRow(r AccessRow, held bool) ocsfEvent {
	what := "reach"
	if held {
		what = "held"
	}
	uid := access.Fingerprint(what, r.Principal.String(), r.Resource.String())
	e := x.event(ocsfIAM, ocsfCreate, access.Info, uid, x.at)
	e.Message = r.Principal.Name + " has " + r.role() + " on " + r.Resource.Name
	e.Info = ocsfInfo{
		UID: uid, Title: e.Message, Types: []string{"access"},
		Analytic: ocsfAnalytic{UID: "access", Name: "Effective access", TypeID: ocsfRule.id, Type: ocsfRule.name, Version: x.version},
	}
	granted := []string{r.Privilege.String()}
	if held {
		e.Access = &ocsfAccess{Level: r.role(), Accessors: []ocsfThing{userThing(r.Principal)}, Granted: granted}
	} else {
		u := userThing(r.Principal)
		e.User, e.Permissions = &u, []ocsfPermission{{granted}}
	}
	e.Resources = []ocsfThing{resourceThing(r.Resource, ocsfTarget)}
	e.Unmapped = map[string]ocsfRest{"ajar": {Org: x.org, Role: r.Role, Note: x.meaning, Paths: pathTexts(r.Paths)}}
	return e
}

// userThing gives a principal as OCSF's user: a person, a service, or something
// else that holds access, as a team does.
func userThing(n access.Named) ocsfThing {
	kind := 99
	switch n.Kind {
	case access.User:
		kind = 1
	case access.App, access.Workflow, access.Key:
		kind = 4
	}
	return ocsfThing{UID: n.String(), Name: n.Name, Type: n.Kind.String(), TypeID: kind}
}
