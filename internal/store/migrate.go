package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

const (
	countVersions = `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'goose_db_version' ORDER BY 1`
	newestVersion = `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied ORDER BY 1`
	copyInto      = `VACUUM INTO $1`
)

func embedded() fs.FS {
	sub, err := fs.Sub(migrationFiles, "migrations")
	if err != nil { // the folder is compiled in
		panic(err)
	}
	return sub
}

// newest is the schema that a program with these migrations makes.
func newest(migrations fs.FS) int64 {
	var last int64
	names, _ := fs.Glob(migrations, "*.sql")
	for _, name := range names {
		if v, err := goose.NumericComponent(name); err == nil {
			last = max(last, v)
		}
	}
	return last
}

// schemaOf reads which schema a store has.
func schemaOf(ctx context.Context, db *sql.DB) (int64, error) {
	var tables, version int64
	if err := db.QueryRowContext(ctx, countVersions).Scan(&tables); err != nil || tables == 0 {
		return 0, err
	}
	err := db.QueryRowContext(ctx, newestVersion).Scan(&version)
	return version, err
}

// migrate brings the schema up to date; each step is one transaction. The mark
// comes first, so that a process that dies before the first step leaves a file
// that the next one knows.
func (s *Store) migrate(ctx context.Context, migrations fs.FS) error {
	if _, err := s.writer.ExecContext(ctx, markAsOurs); err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.writer, migrations,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	done, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("bringing the schema up to date: %w", err)
	}
	for _, r := range done {
		s.log.Info("schema", "path", s.path, "version", r.Source.Version, "took", r.Duration.Round(time.Microsecond).String())
	}
	return nil
}

// backupBefore copies a store that is about to be migrated beside itself.
func (s *Store) backupBefore(ctx context.Context, made int64) error {
	to := fmt.Sprintf("%s.schema-%d.backup", s.path, made)
	if _, err := os.Stat(to); err == nil {
		to = fmt.Sprintf("%s.schema-%d.%d.backup", s.path, made, s.now().UnixMilli())
	}
	if err := backup(ctx, s.path, to); err != nil {
		return fmt.Errorf("store %s: copying it before its schema changes: %w", s.path, err)
	}
	s.log.Info("copied the store before its schema changes", "path", to)
	return nil
}

// backup writes a checked copy that appears whole or not at all.
func backup(ctx context.Context, from, to string) (err error) {
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("backup %s: a file is there already", to)
	}
	dir, err := os.MkdirTemp(filepath.Dir(to), ".ajar-backup-*")
	if err != nil {
		return fmt.Errorf("backup %s: %w", to, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	part := filepath.Join(dir, "store")
	db, err := sql.Open("sqlite", dsn(from, copierParams))
	if err != nil {
		return fmt.Errorf("backup %s: %w", to, err)
	}
	_, err = db.ExecContext(ctx, copyInto, part)
	if err = errors.Join(explain(from, err), db.Close()); err != nil {
		return fmt.Errorf("backup %s: %w", to, err)
	}
	if err := checkCopy(ctx, part); err != nil {
		return fmt.Errorf("backup %s: %w", to, err)
	}
	if err := settle(part, to); err != nil {
		return fmt.Errorf("backup %s: %w", to, err)
	}
	return nil
}

func checkCopy(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dsn(path, readerParams))
	if err != nil {
		return err
	}
	return errors.Join(check(ctx, db, path, checkAll), db.Close())
}

// settle makes a finished file durable under its final name.
func settle(part, to string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Chmod(0o600); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(part, to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}
