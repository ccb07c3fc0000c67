package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

const (
	// Of what was opened by an earlier judgement of the same snapshot no other one has a form.
	insertForm = `
		INSERT INTO finding_forms (org, fingerprint, until, body)
		SELECT $1, $2, $3, $4
		 WHERE NOT EXISTS (SELECT 1 FROM finding_events WHERE org = $1 AND fingerprint = $2 AND snapshot = $3 AND what = 'opened')
		    ON CONFLICT DO NOTHING`
	// Of each finding the forms that hold for a snapshot or later ones, the oldest first.
	formsAfter = `
		SELECT fingerprint, until, body
		  FROM finding_forms
		 WHERE org = $1 AND until > $2
		 ORDER BY fingerprint, until`
	// Each form, with the severity that the finding has now.
	severityForms = `
		SELECT o.fingerprint, o.until, s.at, o.body ->> 'severity', f.severity
		  FROM finding_forms o
		  JOIN findings f ON f.org = o.org AND f.fingerprint = o.fingerprint
		  JOIN snapshots s ON s.id = o.until
		 WHERE o.org = $1
		 ORDER BY o.fingerprint, o.until DESC`
)

// SeverityTurn says that a finding was told to be more or less severe than before.
type SeverityTurn struct {
	Fingerprint string
	Snapshot    int64     // the first of which it is so
	At          time.Time // when that was taken
	Was, Is     access.Severity
}

// SeverityTurns gives every change of the severity of a finding of an organization that
// the judgements of snapshots up to one made, in their order, from
// [Store.FindingsKeptFrom] on.
func (s *Store) SeverityTurns(ctx context.Context, org, upTo int64) ([]SeverityTurn, error) {
	var out []SeverityTurn
	var later SeverityTurn // of the form after this one, of the same finding
	err := s.read.rows(ctx, severityForms, []any{org}, func(rows *sql.Rows) error {
		var t SeverityTurn
		var at sql.NullInt64
		var was string
		if err := rows.Scan(&t.Fingerprint, &t.Snapshot, &at, &was, &t.Is); err != nil {
			return err
		}
		if err := t.Was.UnmarshalText([]byte(was)); err != nil {
			return err
		}
		if later.Fingerprint == t.Fingerprint {
			t.Is = later.Was
		}
		t.At = instant(at)
		later = t
		if t.Was != t.Is && t.Snapshot <= upTo {
			out = append(out, t)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading how severe findings were: %w", explain(s.path, err))
	}
	slices.SortFunc(out, func(a, b SeverityTurn) int {
		return cmp.Or(cmp.Compare(a.Snapshot, b.Snapshot), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	return out, nil
}

// formOf is what is kept of a finding when a judgement tells it otherwise. What it rests
// on (evidence, samples, ways) and whom it reaches changes often, is long, and is not.
func formOf(f *access.Finding) ([]byte, error) {
	return json.Marshal(access.Finding{
		Fingerprint: f.Fingerprint, Rule: f.Rule, Category: f.Category, Severity: f.Severity, Org: f.Org, Principal: f.Principal, Resource: f.Resource,
		Grant: f.Grant, Title: f.Title, Have: f.Have, Want: f.Want, Ended: f.Ended, Waiver: f.Waiver, WaiverEnd: f.WaiverEnd,
	})
}

// saveForms keeps what known findings said, of which the judgement of a snapshot tells
// something else, before that is written. What was told between two judgements of one
// snapshot holds for none.
func (s *Store) saveForms(org, snapshot int64, told []*access.Finding) error {
	is := make(map[string]*access.Finding, len(told))
	var fingerprints []string
	for _, f := range told {
		is[f.Fingerprint] = f
		fingerprints = append(fingerprints, f.Fingerprint)
	}
	var forms [][]any
	for args := range grouped(fingerprints, org) {
		err := s.query(recordsOf, args, func(rows *sql.Rows) error {
			fingerprint, _, _, body, err := scanRecord(rows)
			if err != nil {
				return err
			}
			was, changed, err := otherwise(body, is[fingerprint])
			if changed {
				forms = append(forms, []any{org, fingerprint, snapshot, string(was)})
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, form := range forms {
		if _, err := s.exec(insertForm, form...); err != nil {
			return err
		}
	}
	return nil
}

// otherwise gives the form of a stored finding, and whether a newer one differs from it.
func otherwise(body []byte, newer *access.Finding) (form []byte, differs bool, err error) {
	var old access.Finding
	if err := json.Unmarshal(body, &old); err != nil {
		return nil, false, fmt.Errorf("reading a finding: %w", err)
	}
	form, err = formOf(&old)
	if err != nil {
		return nil, false, err
	}
	is, err := formOf(newer)
	return form, err == nil && !bytes.Equal(form, is), err
}

// form is what a finding said up to a snapshot.
type form struct {
	until int64
	body  access.Finding
}

// formsAt gives what findings said when a snapshot had been judged, of those that said
// something else later.
func (s *Store) formsAt(ctx context.Context, org, snapshot int64) (map[string]access.Finding, error) {
	out := map[string]access.Finding{}
	err := s.forms(ctx, org, snapshot, func(fingerprint string, f form) {
		if _, ok := out[fingerprint]; !ok {
			out[fingerprint] = f.body
		}
	})
	return out, err
}

func (s *Store) forms(ctx context.Context, org, after int64, each func(fingerprint string, f form)) error {
	return s.read.rows(ctx, formsAfter, []any{org, after}, func(rows *sql.Rows) error {
		var fingerprint string
		var f form
		var body sql.RawBytes
		err := rows.Scan(&fingerprint, &f.until, &body)
		if err == nil {
			err = json.Unmarshal(body, &f.body)
		}
		if err == nil {
			each(fingerprint, f)
		}
		return err
	})
}

// saidThen lays what a finding said over what it says.
func saidThen(f *access.Finding, then access.Finding) {
	f.Category, f.Severity, f.Org, f.Principal, f.Resource, f.Grant = then.Category, then.Severity, then.Org, then.Principal, then.Resource, then.Grant
	f.Title, f.Have, f.Want, f.Ended, f.Waiver, f.WaiverEnd = then.Title, then.Have, then.Want, then.Ended, then.Waiver, then.WaiverEnd
}
