package journal

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Signer is a private key (Ed25519) of a journal. Whatever prints, logs or encodes
// one gets "[redacted]".
type Signer struct {
	signer note.Signer
	public string
	secret func() string // the text of the key file; a function, so that nothing can print it
}

const redacted = "[redacted]"

// String says "[redacted]".
func (Signer) String() string { return redacted }

// GoString says "[redacted]", for %#v.
func (Signer) GoString() string { return redacted }

// Format says "[redacted]" for every verb.
func (Signer) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue says "[redacted]".
func (Signer) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText says "[redacted]".
func (Signer) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Origin is the name of the journal that the key belongs to.
func (s *Signer) Origin() string { return s.signer.Name() }

// Public is the public key as text: ORIGIN+ID+KEY, as Go's checksum database and
// other signed notes write theirs.
func (s *Signer) Public() string { return s.public }

// originPrefix begins the name of every journal.
const originPrefix = "ajar-journal/"

// NewOrigin names a journal: a random number, so that no two are taken for one.
func NewOrigin(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("naming a journal: %w", err)
	}
	return originPrefix + hex.EncodeToString(b[:]), nil
}

func isOrigin(s string) bool {
	number, ok := strings.CutPrefix(s, originPrefix)
	return ok && len(number) == 32 && strings.Trim(number, "0123456789abcdef") == ""
}

// NewSigner makes a key for the journal of that name; random nil is the system's.
func NewSigner(random io.Reader, origin string) (*Signer, error) {
	if random == nil {
		random = rand.Reader
	}
	secret, _, err := note.GenerateKey(random, origin)
	if err != nil {
		return nil, fmt.Errorf("making a signing key: %w", err)
	}
	return parseSigner(secret)
}

// parseSigner reads the text of a private key. Errors never show it.
func parseSigner(secret string) (*Signer, error) {
	secret = strings.TrimSpace(secret)
	s, err := note.NewSigner(secret)
	if err != nil || !isOrigin(s.Name()) {
		return nil, errors.New("it is no signing key of a journal (not shown)")
	}
	public, err := publicOf(secret, s.Name())
	if err != nil {
		return nil, err
	}
	return &Signer{signer: s, public: public, secret: func() string { return secret }}, nil
}

// publicOf derives the public key. The private one is PRIVATE+KEY+ORIGIN+ID+ and the
// base64, which may hold a plus too, of a byte that names the algorithm and 32 of seed.
func publicOf(secret, origin string) (string, error) {
	parts := strings.SplitN(secret, "+", 5)
	seed, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return "", errors.New("it is no signing key of a journal (not shown)")
	}
	public, ok := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return "", errors.New("the signing key has no public key")
	}
	text, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return "", fmt.Errorf("deriving the public key: %w", err)
	}
	return text, nil
}

// maxKey bounds a key file, in bytes.
const maxKey = 4 << 10

// ErrNoKey says that there is no key file.
var ErrNoKey = errors.New("there is no signing key")

// ReadKey reads a key file. One that others may read or change is refused.
func ReadKey(path string) (*Signer, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("signing key %s: %w", path, ErrNoKey)
	}
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	// The file that was opened is judged, not the name: no race, no symlink.
	if mode := info.Mode().Perm(); !info.Mode().IsRegular() || mode&0o077 != 0 && modesTell {
		return nil, fmt.Errorf("signing key %s has mode %04o, so others can read or change it; run: chmod 600 %s", path, mode, path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKey+1))
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	if len(text) > maxKey {
		return nil, fmt.Errorf("signing key %s is larger than %d KiB, which no key is", path, maxKey>>10)
	}
	s, err := parseSigner(string(text))
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", path, err)
	}
	return s, nil
}

// WriteKey makes a key file where none is, readable by its owner alone, durable
// when it returns.
func WriteKey(path string, s *Signer) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("signing key: %w", err)
	}
	_, err = f.WriteString(s.secret() + "\n")
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil { // half a key is none; removing it lets the next one try again
		return errors.Join(fmt.Errorf("signing key %s: %w", path, err), os.Remove(path))
	}
	return nil
}
