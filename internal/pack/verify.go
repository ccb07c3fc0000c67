package pack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/stamp"
)

// VerifyOptions say what a pack is held against, beside itself.
type VerifyOptions struct {
	// Keys are the public keys that are trusted, as the journal or as minisign writes
	// them; none: whose the signature is, is not judged.
	Keys []string
	// Copies are checkpoints that were kept elsewhere, by where they are from.
	Copies map[string][]journal.Checkpoint
	// Journal opens an exported journal, which shows which keys follow from which, and
	// that the pack's part is of it; nil: there is none.
	Journal func() (io.ReadCloser, error)
	// Program is the name that a pack of this very program bears as the one that made it:
	// what such a pack says of its tables in other forms must be what this program makes
	// of them. "": there is no such pack, and a difference shows nothing.
	Program string
	// Stamp is a time stamp that lies beside the pack, as an authority answered; nil: none.
	Stamp []byte
	// Authorities are those whose time stamps are trusted; nil: whose it is, is not judged.
	Authorities *stamp.Authorities
	// MaxBytes bounds what is unpacked in all; 0: 16 GiB.
	MaxBytes int64
}

const defaultMax = 16 << 30

// Verify checks a pack that is a zip file. What is wrong with it is in the report; the
// error is of the reading itself, or says that it is no pack at all.
func Verify(ctx context.Context, r io.ReaderAt, size int64, o VerifyOptions) (*Report, error) {
	c := &checking{ctx: ctx, o: o, r: &Report{}}
	z, err := openZip(r, size, c.r.say)
	if err != nil {
		return nil, err
	}
	c.a = z
	return c.r, c.check()
}

// VerifyFolder checks a pack that is a folder, as Verify does.
func VerifyFolder(ctx context.Context, path string, o VerifyOptions) (*Report, error) {
	c := &checking{ctx: ctx, o: o, r: &Report{}}
	f, err := openFolder(path, c.r.say)
	if err != nil {
		return nil, err
	}
	c.a = f
	return c.r, errors.Join(c.check(), f.root.Close())
}

// checking is a pack that is being verified.
type checking struct {
	ctx   context.Context
	o     VerifyOptions
	a     archive
	r     *Report
	names []string // that the pack should have, in order
	there map[string]bool
	table *rowSum // of the table journal; nil: it was not read
}

// own reports whether, by its own word, this very program made the pack.
func (c *checking) own() bool { return c.o.Program != "" && c.o.Program == c.r.Manifest.Program }

// ErrNoPack says that something is no pack at all.
var ErrNoPack = errors.New("it holds no " + manifestName + ", so it is no evidence pack")

func (c *checking) check() error {
	c.r.Given = len(c.o.Keys) > 0
	c.there = map[string]bool{}
	for _, name := range c.a.names() {
		c.there[name] = true
	}
	if !c.there[manifestName] && len(c.r.Problems) == 0 && !c.there[sumsName] {
		return ErrNoPack
	}
	manifest, err := c.small(manifestName, maxManifest)
	if err != nil {
		c.r.say(manifestName, "%v", err)
		return nil
	}
	m, err := readManifest(manifest)
	if err != nil {
		c.r.say(manifestName, "%v", err)
		return nil
	}
	c.r.Manifest, c.r.Read = m, true
	if !c.sane() {
		return nil
	}
	c.listed()
	c.signatures(manifest)
	if err := c.contents(); err != nil {
		return err
	}
	if c.r.Sound() {
		if err := c.retell(); err != nil {
			return err
		}
	}
	// The archive itself is looked at where nothing else is wrong: until then its sizes
	// are nobody's word, and a changed file is better named than its bytes.
	if c.r.Sound() {
		what, otherwise := c.a.whole(c.r.Manifest, c.names, c.own())
		if what != "" {
			c.r.say("", "%s", what)
		}
		c.r.Packed = otherwise
	}
	if err := c.journal(); err != nil {
		return err
	}
	c.stamped()
	return c.trust()
}

// small reads a file that is known to be small.
func (c *checking) small(name string, limit int64) ([]byte, error) {
	if !c.there[name] {
		return nil, errors.New("it is missing")
	}
	f, err := c.a.open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("it is missing")
	}
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("it cannot be read to its end, so it was changed: %w", err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("it is longer than %d bytes, which it never is; no more of it is read", limit)
	}
	return b, nil
}

// sane checks what the rest relies on.
func (c *checking) sane() bool {
	m, before := c.r.Manifest, len(c.r.Problems)
	limit, total := c.o.MaxBytes, int64(0)
	if limit == 0 {
		limit = defaultMax
	}
	if len(m.Tables)+len(m.Samples) > maxFiles {
		c.r.say(manifestName, "it names more than %d tables and samples, so nothing of the pack is read", maxFiles)
		return false
	}
	seen := map[string]bool{}
	for _, f := range m.Files {
		total += min(max(f.Size, 0), limit+1)
		switch {
		case !plain(f.Name) || reserved(f.Name):
			c.r.say(f.Name, "the manifest names it, and no pack has a file of that name: it could lead out of the folder")
		case seen[f.Name]:
			c.r.say(f.Name, "the manifest names it twice")
		case f.Size < 0 || len(f.SHA256) != 64 || strings.Trim(f.SHA256, "0123456789abcdef") != "":
			c.r.say(f.Name, "the manifest gives it a size or a hash that is none")
		}
		seen[f.Name] = true
		total = min(total, limit+1)
	}
	if len(m.Files) > maxFiles {
		c.r.say(manifestName, "it names more than %d files", maxFiles)
	}
	if total > limit {
		c.r.say(manifestName, "by its own word the pack unpacks to more than %d bytes, so nothing of it is read", limit)
	}
	c.told()
	if id := packID(m.Files); id != m.Pack {
		c.r.say(manifestName, "the number of the pack is %.40q, and that of these files is %s", m.Pack, id)
	}
	if !m.Period.From.Before(m.Period.To) {
		c.r.say(manifestName, "its period ends before it begins")
	}
	if m.Complete != (len(m.Gaps) == 0) && m.Complete {
		c.r.say(manifestName, "it says that the pack is complete, and lists gaps")
	}
	return len(c.r.Problems) == before
}

// reserved reports whether a name is one that the manifest does not list.
func reserved(name string) bool {
	name = strings.TrimSuffix(name, signature)
	return name == manifestName || name == sumsName
}

// listed compares the files that are there with those that should be.
func (c *checking) listed() {
	for _, f := range c.r.Manifest.Files {
		c.names = append(c.names, f.Name)
	}
	for _, name := range []string{manifestName, sumsName} {
		c.names = append(c.names, name)
		if c.r.Manifest.Signed != nil {
			c.names = append(c.names, name+signature)
		}
	}
	for _, name := range c.names {
		if !c.there[name] {
			c.r.say(name, "it is missing")
		}
	}
	for _, name := range c.a.names() {
		if !slices.Contains(c.names, name) {
			c.r.say(name, "it is not of this pack: it was added")
		}
	}
	order := slices.DeleteFunc(slices.Clone(c.a.names()), func(name string) bool { return !slices.Contains(c.names, name) })
	if _, isFolder := c.a.(*opened); !isFolder && len(order) == len(c.names) {
		for i, name := range order {
			if name != c.names[i] {
				c.r.say(name, "it stands where %s should: the files were put into another order", c.names[i])
				return
			}
		}
	}
}

// signatures checks both of them, and the sums.
func (c *checking) signatures(manifest []byte) {
	m := c.r.Manifest
	lines := m.sums(manifest)
	sums, err := c.small(sumsName, maxManifest)
	if err == nil && string(sums) != lines {
		err = errors.New("it does not say what the manifest says")
	}
	if err != nil && c.there[sumsName] {
		c.r.say(sumsName, "%v", err)
	}
	if m.Signed == nil {
		if c.r.Given {
			c.r.say("", "the pack is not signed, and a key was given that it should be signed by")
		}
		return
	}
	if key, err := journal.MinisignKey(m.Signed.Journal); err != nil || key != m.Signed.Minisign {
		c.r.say(manifestName, "the two ways in which it names its key name no key, or two")
		return
	}
	first := c.signature(manifestName, manifest, sums)
	if second := c.signature(sumsName, []byte(lines), manifest); first && second {
		c.r.Key = m.Signed.Journal
	}
}

// signature checks one of them; other is what the other one is of.
func (c *checking) signature(name string, content, other []byte) bool {
	sig, err := c.small(name+signature, maxSignature)
	if err != nil {
		if c.there[name+signature] {
			c.r.say(name+signature, "%v", err)
		}
		return false
	}
	key := c.r.Manifest.Signed.Minisign
	comment, err := journal.OpenMinisign(key, content, sig)
	if err != nil {
		if _, swapped := journal.OpenMinisign(key, other, sig); swapped == nil {
			err = errors.New("it is the signature of another file of the pack: the two were swapped")
		}
		c.r.say(name+signature, "%v", err)
		return false
	}
	if want := c.r.Manifest.comment(name); comment != want {
		c.r.say(name+signature, "it is of something else: its comment says %.200q and not %q", comment, want)
		return false
	}
	return true
}
