package store

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"
)

const (
	newestJudgement = `
		SELECT baseline, kept, config, program, undecided
		  FROM judgements
		 WHERE org = $1
		 ORDER BY snapshot DESC, id DESC
		 LIMIT 1`
	insertJudgement = `
		INSERT INTO judgements (org, snapshot, baseline, kept, config, program, undecided) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	judgementsUntil = `
		SELECT j.snapshot, s.at, j.baseline, j.kept, j.config, j.program, j.undecided
		  FROM judgements j
		  JOIN snapshots s ON s.id = j.snapshot
		 WHERE j.org = $1 AND j.snapshot <= $2
		 ORDER BY j.snapshot, j.id`
	hasBaseline        = `SELECT count(*) FROM baseline_files WHERE hash = $1 ORDER BY 1`
	insertBaselineText = `INSERT INTO baseline_texts (digest, size, text) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING`
	insertBaselineFile = `
		INSERT INTO baseline_files (hash, place, name, text) VALUES ($1, $2, $3, (SELECT id FROM baseline_texts WHERE digest = $4))`
	readBaselineFiles = `
		SELECT f.name, t.digest, t.size, t.text
		  FROM baseline_files f
		  JOIN baseline_texts t ON t.id = f.text
		 WHERE f.hash = $1
		 ORDER BY f.place`
	allBaselines = `
		SELECT hash FROM baseline_files
		 UNION
		SELECT baseline FROM judgements WHERE kept
		 ORDER BY 1`
	keptFindingsFrom = `SELECT coalesce((SELECT snapshot FROM kept_from WHERE what = 'findings' AND org = $1), 0)`
	keptNoticesFrom  = `SELECT coalesce((SELECT at FROM kept_from WHERE what = 'notices'), 0)`
)

// Text is a file of a baseline.
type Text struct {
	Name string // its base name
	Body []byte
}

// LargestBaseline is how many bytes the files of a baseline may have together for the
// store to keep them. A larger one is known by its hash alone.
const LargestBaseline = 16 << 20

// Judgement is by what snapshots were judged: one of them, and those after it up to the
// next Judgement.
type Judgement struct {
	Snapshot int64     // the first that was judged so
	At       time.Time // when that was taken
	Baseline string    // the hash; "": there was none
	Kept     bool      // [Store.BaselineFiles] has what it said
	Config   string    // the hash of the configuration; "": not known
	Program  string    // its version; "": not known
	// Undecided names the rules that could not judge all that they are about, or did not
	// run, sorted. Where Told is false the store did not keep that yet.
	Undecided []string
	Told      bool
}

// saveJudgement notes by what a snapshot was judged, where it is not as before, and
// what the baseline says, where that is not known yet.
func (s *Store) saveJudgement(org, snapshot int64, with Terms) error {
	kept, err := s.keepBaseline(with)
	if err != nil {
		return err
	}
	rules := slices.Concat(with.Undecided, with.Withheld)
	slices.Sort(rules)
	undecided, err := json.Marshal(slices.Compact(append([]string{}, rules...)))
	if err != nil {
		return s.abandon(err)
	}
	var was, is struct {
		baseline, config, program, undecided string
		kept                                 bool
	}
	is.baseline, is.config, is.program, is.undecided, is.kept = with.Baseline, with.Config, with.Program, string(undecided), kept
	first := true
	err = s.query(newestJudgement, []any{org}, func(rows *sql.Rows) error {
		first = false
		return rows.Scan(&was.baseline, &was.kept, &was.config, &was.program, &was.undecided)
	})
	if err != nil || !first && was == is {
		return err
	}
	_, err = s.exec(insertJudgement, org, snapshot, is.baseline, is.kept, text(is.config), text(is.program), is.undecided)
	return err
}

// keepBaseline keeps what a baseline says, each text once, and reports whether the
// store has it.
func (s *Store) keepBaseline(with Terms) (bool, error) {
	if with.Baseline == "" {
		return false, nil
	}
	var known int
	if err := s.queryRow(hasBaseline, []any{with.Baseline}, &known); err != nil || known > 0 {
		return known > 0, err
	}
	size := 0
	for _, f := range with.Files {
		size += len(f.Body)
	}
	if size > LargestBaseline {
		s.log.Warn("the baseline is too large to be kept: evidence will know its hash alone", "bytes", size, "most", LargestBaseline, "hash", with.Baseline)
		return false, nil
	}
	for i, f := range with.Files {
		packed, err := deflate(f.Body)
		if err != nil {
			return false, s.abandon(err)
		}
		sum := sha256.Sum256(f.Body)
		if _, err := s.exec(insertBaselineText, sum[:], len(f.Body), packed); err != nil {
			return false, err
		}
		if _, err := s.exec(insertBaselineFile, with.Baseline, i, text(filepath.Base(f.Name)), sum[:]); err != nil {
			return false, err
		}
	}
	return len(with.Files) > 0, nil
}

func deflate(text []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

// inflate unpacks a text of a known size.
func inflate(packed []byte, size int64) ([]byte, error) {
	r := flate.NewReader(bytes.NewReader(packed))
	text, err := io.ReadAll(io.LimitReader(r, size+1))
	return text, errors.Join(err, r.Close())
}

// Judgements gives by what the snapshots of an organization were judged, up to one of
// them, the oldest first. What was judged before the store kept this is not in it.
func (s *Store) Judgements(ctx context.Context, org, upTo int64) ([]Judgement, error) {
	var out []Judgement
	err := s.read.rows(ctx, judgementsUntil, []any{org, upTo}, func(rows *sql.Rows) error {
		var j Judgement
		var at sql.NullInt64
		var undecided []byte
		if err := rows.Scan(&j.Snapshot, &at, &j.Baseline, &j.Kept, &j.Config, &j.Program, &undecided); err != nil {
			return err
		}
		err := json.Unmarshal(undecided, &j.Undecided)
		j.At, j.Told = instant(at), j.Undecided != nil
		out = append(out, j)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading by what organization %d was judged: %w", org, explain(s.path, err))
	}
	return out, nil
}

// BaselineFiles gives what a baseline says that an audit judged by, by its hash. None:
// the store does not have it. An error is a text that is not what was kept.
func (s *Store) BaselineFiles(ctx context.Context, hash string) ([]Text, error) {
	var out []Text
	err := s.read.rows(ctx, readBaselineFiles, []any{hash}, func(rows *sql.Rows) error {
		var f Text
		var digest, packed []byte
		var size int64
		err := rows.Scan(&f.Name, &digest, &size, &packed)
		if err == nil {
			f.Body, err = inflate(packed, size)
		}
		if sum := sha256.Sum256(f.Body); err == nil && !bytes.Equal(sum[:], digest) {
			err = fmt.Errorf("the text of %s is not the one that was kept", f.Name)
		}
		out = append(out, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the baseline %.12s: %w", hash, explain(s.path, err))
	}
	return out, nil
}

// examineBaselines looks whether each baseline that is to be kept is there, as it was.
func (s *Store) examineBaselines(ctx context.Context, note func(what, wrong string)) error {
	var hashes []string
	err := s.read.rows(ctx, allBaselines, nil, func(rows *sql.Rows) error {
		var hash string
		err := rows.Scan(&hash)
		hashes = append(hashes, hash)
		return err
	})
	if err != nil {
		return fmt.Errorf("examining the baselines: %w", explain(s.path, err))
	}
	wrong := ""
	for _, hash := range hashes {
		files, err := s.BaselineFiles(ctx, hash)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case wrong != "":
		case err != nil:
			wrong = err.Error()
		case len(files) == 0:
			wrong = fmt.Sprintf("what the baseline %.12s says is not there", hash)
		}
	}
	note("baselines of then", wrong)
	return nil
}

// FindingsKeptFrom gives the snapshot from which on the store knows what the findings
// of an organization said then ([Store.FindingsAt]); 0: from its beginning.
func (s *Store) FindingsKeptFrom(ctx context.Context, org int64) (int64, error) {
	var from int64
	if err := s.read.row(ctx, keptFindingsFrom, []any{org}, &from); err != nil {
		return 0, fmt.Errorf("reading since when findings are kept: %w", explain(s.path, err))
	}
	return from, nil
}

// NoticesKeptFrom gives the instant before which notices that were over may be missing
// ([Store.NoticesDuring]); zero: none is.
func (s *Store) NoticesKeptFrom(ctx context.Context) (time.Time, error) {
	var at int64
	if err := s.read.row(ctx, keptNoticesFrom, nil, &at); err != nil || at == 0 {
		return time.Time{}, explain(s.path, err)
	}
	return time.UnixMilli(at).UTC(), nil
}
