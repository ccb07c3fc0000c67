package report

import (
	"cmp"
	"io"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

// AccessRow is what one principal may do on one resource, and why.
type AccessRow struct {
	Principal access.Named
	Resource  access.Named
	Privilege access.Privilege
	Role      string        // the custom role's name, "" where it is GitHub's own
	Paths     []access.Path // strongest first
}

// role is the word for what the row gives.
func (r AccessRow) role() string {
	if r.Role != "" {
		return r.Role
	}
	return r.Privilege.String()
}

// Access is everything that one principal can reach.
type Access struct {
	Org       access.Named
	At        time.Time // the snapshot, or the past instant that was asked for
	Gaps      []Gap
	Principal access.Named
	Rows      []AccessRow // in any order; their Principal is not looked at
	Asked     string      // the time that was asked for, in the asker's words; "" for the newest snapshot
	Version   string      // of ajar; in OCSF alone
}

// WhoCan is everybody who has a privilege, or a higher one, on a resource.
type WhoCan struct {
	Org       access.Named
	At        time.Time
	Gaps      []Gap
	Privilege access.Privilege
	Resource  access.Named
	Note      string      // what stands between all of them and the resource, or what was not seen; "" for nothing
	Rows      []AccessRow // in any order; their Resource is not looked at
	Asked     string      // the time that was asked for, in the asker's words; "" for the newest snapshot
	Version   string      // of ajar; in OCSF alone
}

// asOf is what a suggested command needs to speak of the same time.
func asOf(asked string) string {
	if asked == "" {
		return ""
	}
	return " --at " + argument(asked)
}

// Exit is ExitGaps where something expected was not seen, else ExitClean.
func (v Access) Exit() int { return exitOf(v.Gaps) }

// Exit is ExitGaps where something expected was not seen, else ExitClean.
func (v WhoCan) Exit() int { return exitOf(v.Gaps) }

func exitOf(gaps []Gap) int {
	if unexpected(gaps) > 0 {
		return ExitGaps
	}
	return ExitClean
}

// strongest gives the rows highest privilege first, then by name, without case.
func strongest(rows []AccessRow, by func(AccessRow) access.Named) []AccessRow {
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b AccessRow) int {
		x, y := by(a), by(b)
		return cmp.Or(
			cmp.Compare(x.Kind, y.Kind), cmp.Compare(b.Privilege, a.Privilege), inOrder(x.Name, y.Name), cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID),
		)
	})
	return out
}

func resourceOf(r AccessRow) access.Named  { return r.Resource }
func principalOf(r AccessRow) access.Named { return r.Principal }

// rowDoc is an [AccessRow] as documents have it.
type rowDoc struct {
	Principal *access.Named    `json:"principal,omitempty"`
	Resource  *access.Named    `json:"resource,omitempty"`
	Privilege access.Privilege `json:"privilege"`
	Role      string           `json:"role"`
	Paths     []access.Path    `json:"paths"`
}

func (r AccessRow) doc(principal, resource bool) rowDoc {
	d := rowDoc{Privilege: r.Privilege, Role: r.role(), Paths: list(r.Paths)}
	if principal {
		d.Principal = &r.Principal
	}
	if resource {
		d.Resource = &r.Resource
	}
	return d
}

func rowDocs(rows []AccessRow, principal, resource bool) []rowDoc {
	docs := make([]rowDoc, len(rows))
	for i, r := range rows {
		docs[i] = r.doc(principal, resource)
	}
	return docs
}

func (v Access) json(w io.Writer) error {
	return encode(w, struct {
		Schema    string       `json:"schema"`
		Org       access.Named `json:"organization"`
		At        time.Time    `json:"snapshot_at"`
		Complete  bool         `json:"complete"`
		Gaps      []Gap        `json:"gaps"`
		Principal access.Named `json:"principal"`
		Access    []rowDoc     `json:"access"`
	}{
		"ajar.access/v1", v.Org, utc(v.At), unexpected(v.Gaps) == 0, list(v.Gaps), v.Principal,
		rowDocs(strongest(v.Rows, resourceOf), false, true),
	})
}

func (v WhoCan) json(w io.Writer) error {
	return encode(w, struct {
		Schema     string           `json:"schema"`
		Org        access.Named     `json:"organization"`
		At         time.Time        `json:"snapshot_at"`
		Complete   bool             `json:"complete"`
		Gaps       []Gap            `json:"gaps"`
		Privilege  access.Privilege `json:"privilege"`
		Resource   access.Named     `json:"resource"`
		Note       string           `json:"note,omitempty"`
		Principals []rowDoc         `json:"principals"`
	}{
		"ajar.who-can/v1", v.Org, utc(v.At), unexpected(v.Gaps) == 0, list(v.Gaps), v.Privilege, v.Resource, v.Note,
		rowDocs(strongest(v.Rows, principalOf), true, false),
	})
}

func (v Access) csv(s *sheet) error {
	rows := strongest(v.Rows, resourceOf)
	for i := range rows {
		rows[i].Principal = v.Principal
	}
	return accessRows(s, v.Org, v.At, v.Gaps, values(rows))
}

func (v WhoCan) csv(s *sheet) error {
	rows := strongest(v.Rows, principalOf)
	for i := range rows {
		rows[i].Resource = v.Resource
	}
	return accessRows(s, v.Org, v.At, v.Gaps, values(rows))
}
