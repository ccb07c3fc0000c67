package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxSecret bounds a secret file, in bytes. A GitHub token has at most a few
// hundred, a private key a few thousand.
const maxSecret = 64 << 10

// Credential says where a credential is found; it never holds it. TokenEnv or
// TokenFile is set for a token; for a GitHub App, AppID or ClientID and
// PrivateKeyFile or PrivateKeyEnv.
type Credential struct {
	Name           string // what messages call it; see [Credential.Label]
	TokenEnv       string
	TokenFile      string // absolute, or relative to the working directory
	AppID          int64
	ClientID       string
	PrivateKeyFile string
	PrivateKeyEnv  string
	InstallationID int64 // 0: found by the organization
}

// ErrNoToken says that the place where a token should be is empty.
var ErrNoToken = errors.New("no token")

// Token reads the token. A file in $CREDENTIALS_DIRECTORY (systemd's
// LoadCredential=) whose name is the variable's, or the base name of the file,
// is looked up first. A file that others may read is refused. The text is
// trimmed; one that then holds anything but visible ASCII is refused, and never
// shown.
func (c Credential) Token(getenv func(string) string) (Secret, error) {
	switch {
	case c.TokenEnv != "":
		if s, ok, err := fromSystemd(getenv, c.TokenEnv, clean); ok || err != nil {
			return s, err
		}
		return clean(getenv(c.TokenEnv), "variable "+c.TokenEnv)
	case c.TokenFile != "":
		if s, ok, err := fromSystemd(getenv, filepath.Base(c.TokenFile), clean); ok || err != nil {
			return s, err
		}
		return fromFile(c.TokenFile, true, clean)
	}
	return Secret{}, fmt.Errorf("reading the credential: %w is configured", ErrNoToken)
}

// PrivateKey reads the private key of an app, a PEM block, under the rules of
// [Credential.Token]. In a variable its line breaks may be written as \n.
// Whether it is a key is for whoever uses it to find out.
func (c Credential) PrivateKey(getenv func(string) string) (Secret, error) {
	switch {
	case c.PrivateKeyEnv != "":
		if s, ok, err := fromSystemd(getenv, c.PrivateKeyEnv, cleanKey); ok || err != nil {
			return s, err
		}
		return cleanKey(unfolded(getenv(c.PrivateKeyEnv)), "variable "+c.PrivateKeyEnv)
	case c.PrivateKeyFile != "":
		if s, ok, err := fromSystemd(getenv, filepath.Base(c.PrivateKeyFile), cleanKey); ok || err != nil {
			return s, err
		}
		return fromFile(c.PrivateKeyFile, true, cleanKey)
	}
	return Secret{}, fmt.Errorf("reading the private key: %w is configured", ErrNoToken)
}

// unfolded puts back the line breaks of a key that was squeezed into one line.
func unfolded(text string) string {
	if strings.Contains(text, "\n") {
		return text
	}
	return strings.ReplaceAll(text, `\n`, "\n")
}

// fromSystemd looks the name up in the credentials directory. Who may read that
// directory is systemd's doing, so the mode of the file is not judged: with an
// access list it shows group bits that mean nothing.
func fromSystemd(getenv func(string) string, name string, clean cleaner) (Secret, bool, error) {
	dir := getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return Secret{}, false, nil
	}
	s, err := fromFile(filepath.Join(dir, name), false, clean)
	if errors.Is(err, fs.ErrNotExist) {
		return Secret{}, false, nil
	}
	return s, err == nil, err
}

func fromFile(path string, judgeMode bool, clean cleaner) (Secret, error) {
	f, err := os.Open(path)
	if err != nil {
		return Secret{}, fmt.Errorf("reading the secret file: %w", err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	info, err := f.Stat()
	if err != nil {
		return Secret{}, fmt.Errorf("reading the secret file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return Secret{}, fmt.Errorf("reading the secret file: %s is not a regular file", path)
	}
	// The file that was opened is judged, not the name: no race, no symlink.
	if mode := info.Mode().Perm(); judgeMode && mode&0o027 != 0 {
		return Secret{}, fmt.Errorf("reading the secret file: %s has mode %04o, so others can read or change it; run: chmod 600 %s", path, mode, path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return Secret{}, fmt.Errorf("reading the secret file: %w", err)
	}
	if len(text) > maxSecret {
		return Secret{}, fmt.Errorf("reading the secret file: %s is larger than %d KiB, which no token or key is", path, maxSecret>>10)
	}
	return clean(string(text), path)
}

// cleaner makes a secret of the text that was found somewhere, or refuses it.
type cleaner func(text, from string) (Secret, error)

// cleanKey trims a private key and refuses what is no PEM block, without showing
// it.
func cleanKey(text, from string) (Secret, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return Secret{}, fmt.Errorf("%w in %s: it is not set, or empty", ErrNoToken, from)
	case !strings.HasPrefix(text, "-----BEGIN "):
		return Secret{}, fmt.Errorf("the private key in %s is not one (not shown): it begins with -----BEGIN, as the file that GitHub gave", from)
	}
	return NewSecret(text), nil
}

// clean trims a token and refuses what would break a header, without showing it.
func clean(text, from string) (Secret, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Secret{}, fmt.Errorf("%w in %s: it is not set, or empty", ErrNoToken, from)
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }); i >= 0 {
		return Secret{}, fmt.Errorf("the token in %s has a blank, a control character or a non-ASCII one at byte %d (not shown): copy it again", from, i+1)
	}
	return NewSecret(text), nil
}

// same reports whether two credentials are found in the same place, so that one
// of them would do the other's work.
func (c Credential) same(o Credential) bool {
	return c.TokenEnv != "" && c.TokenEnv == o.TokenEnv ||
		c.PrivateKeyEnv != "" && c.PrivateKeyEnv == o.PrivateKeyEnv ||
		c.TokenFile != "" && sameFile(c.TokenFile, o.TokenFile) ||
		c.PrivateKeyFile != "" && sameFile(c.PrivateKeyFile, o.PrivateKeyFile) ||
		c.ClientID != "" && c.ClientID == o.ClientID ||
		c.AppID != 0 && c.AppID == o.AppID
}

func sameFile(a, b string) bool {
	if b == "" {
		return false
	}
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
