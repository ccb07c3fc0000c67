package report

import (
	"io"
	"strconv"
	"time"

	"github.com/eb661601/ajar/access"
)

// StoreInfo is what a store is like.
type StoreInfo struct {
	Path        string            `json:"path"`
	Size        int64             `json:"size"`
	Log         int64             `json:"log"`
	Free        int64             `json:"free"`
	Schema      int64             `json:"schema_version"`
	Generation  int64             `json:"generation"`
	Witness     int64             `json:"witness"`
	Restored    time.Time         `json:"-"` // zero: no backup was put back, or it was accepted
	Orgs        []StoredOrg       `json:"organizations"`
	Beside      []StoredFile      `json:"beside"`
	Acceptances []StoreAcceptance `json:"acceptances"`
}

// StoredOrg is what a store holds of one organization.
type StoredOrg struct {
	Org        access.Named  `json:"organization"`
	Snapshots  int           `json:"snapshots"`
	First      *SnapshotMark `json:"first"`
	Last       *SnapshotMark `json:"last"`
	LiveGrants int64         `json:"live_grants"`
	PastGrants int64         `json:"past_grants"`
	LiveThings int64         `json:"live_things"`
	PastThings int64         `json:"past_things"`
	Open       int64         `json:"open"`
	Waived     int64         `json:"waived"`
	Resolved   int64         `json:"resolved"`
	Judged     time.Time     `json:"judged_at,omitzero"`
}

// StoredFile is a file beside the store.
type StoredFile struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// StoreAcceptance is one time that a store that was put back was accepted.
type StoreAcceptance struct {
	At       time.Time `json:"at"`
	Restored time.Time `json:"restored_at"`
	Reason   string    `json:"reason"`
}

// perGrant is the bytes of the whole file for each stored row of a grant, 0 where
// there is none.
func (v StoreInfo) perGrant() int64 {
	var rows int64
	for _, o := range v.Orgs {
		rows += o.LiveGrants + o.PastGrants
	}
	if rows == 0 {
		return 0
	}
	return v.Size / rows
}

func (v StoreInfo) json(w io.Writer) error {
	v.Orgs, v.Beside, v.Acceptances = list(v.Orgs), list(v.Beside), list(v.Acceptances)
	var restored *time.Time
	if !v.Restored.IsZero() {
		at := utc(v.Restored)
		restored = &at
	}
	return encode(w, struct {
		Schema string `json:"schema"`
		StoreInfo
		Restored *time.Time `json:"restored_at"`
		PerGrant int64      `json:"bytes_per_grant"`
	}{"ajar.store-info/v1", v, restored, v.perGrant()})
}

var storeColumns = []string{
	"row", "path", "size", "schema_version", "generation", "organization", "organization_id", "snapshots", "first", "first_at", "last", "last_at",
	"live_grants", "past_grants", "live_things", "past_things", "open", "waived", "resolved", "judged_at",
}

func (v StoreInfo) csv(s *sheet) error {
	if err := s.header(storeColumns...); err != nil {
		return err
	}
	about := fields{"path": v.Path, "size": plainNumber(v.Size), "schema_version": plainNumber(v.Schema), "generation": plainNumber(v.Generation)}
	if len(v.Orgs) == 0 {
		return s.fields(storeColumns, about, fields{"row": "store"})
	}
	for _, o := range v.Orgs {
		row := fields{
			"row": "organization", "organization": o.Org.Name, "organization_id": id(o.Org), "snapshots": strconv.Itoa(o.Snapshots),
			"live_grants": plainNumber(o.LiveGrants), "past_grants": plainNumber(o.PastGrants), "live_things": plainNumber(o.LiveThings),
			"past_things": plainNumber(o.PastThings), "open": plainNumber(o.Open), "waived": plainNumber(o.Waived), "resolved": plainNumber(o.Resolved),
			"judged_at": rfc3339(o.Judged),
		}
		if o.First != nil {
			row["first"], row["first_at"] = plainNumber(o.First.ID), rfc3339(o.First.At)
			row["last"], row["last_at"] = plainNumber(o.Last.ID), rfc3339(o.Last.At)
		}
		if err := s.fields(storeColumns, about, row); err != nil {
			return err
		}
	}
	return nil
}

func (v StoreInfo) table(p *page) error {
	p.title("Store", v.Path)
	p.gap()
	if !v.Restored.IsZero() {
		p.styled("warning", warn, "a backup was put back, noticed "+moment(v.Restored)+"; what happened since it was made is not in it")
	}
	held := size(v.Size)
	if v.Log > 0 {
		held += ", and " + size(v.Log) + " in its log"
	}
	if v.Free > 0 {
		held += "; " + size(v.Free) + " of it free"
	}
	if per := v.perGrant(); per > 0 {
		held += "; " + number(per) + " bytes for each stored row of a grant, all else counted in"
	}
	p.field("size", held)
	p.field("schema", number(v.Schema))
	of := number(v.Generation)
	if v.Witness == 0 {
		of += ", and no witness beside it"
	}
	p.field("generation", of)
	for i, f := range v.Beside {
		label := ""
		if i == 0 {
			label = "beside it"
		}
		p.hang(2, []span{dim.of(label), space(labelWidth - columns(label))}, plain, f.Name+", "+size(f.Size))
	}
	for _, a := range v.Acceptances {
		p.field("accepted", "on "+day(a.At)+" what was put back on "+day(a.Restored)+": "+a.Reason)
	}
	for _, o := range v.Orgs {
		p.section(strong, orgName(o.Org), count(o.Snapshots, "snapshot", "snapshots"))
		if o.First != nil {
			p.field("first", o.First.words())
			p.field("last", o.Last.words())
		}
		p.field("grants", number(o.LiveGrants)+" live, "+number(o.PastGrants)+" past")
		p.field("things", number(o.LiveThings)+" live, "+number(o.PastThings)+" past")
		found := number(o.Open) + " open, " + number(o.Waived) + " waived, " + number(o.Resolved) + " resolved"
		if o.Judged.IsZero() {
			found = "never judged"
		}
		p.field("findings", found)
	}
	return p.err
}
