package config

import (
	"fmt"
	"strings"
)

// readers checks the credentials that are read with against each other, and
// against the one for writing.
func (f *file) readers(at place) {
	names := map[string]bool{}
	all := f.config.GitHub.Read
	for i, c := range all {
		if c.Name != "" && names[c.Name] {
			f.bad(at.with(i), fmt.Sprintf("the name %q stands twice", c.Name), "reports tell credentials apart by it")
		}
		names[c.Name] = true
		for _, other := range all[:i] {
			if c.same(other) && c.InstallationID == other.InstallationID {
				f.bad(at.with(i), "the same credential as an earlier [[github.read]]", "keep one of them: the second sees nothing more")
				break
			}
		}
		if w := f.config.GitHub.Write; w != nil && c.same(*w) {
			f.bad(place{"github", "write"}, "the same credential as [[github.read]]",
				"reading and writing are two credentials, so that the collector can never write")
		}
	}
}

// credential checks that a credential is found in exactly one way.
func (f *file) credential(at place, written map[string]any) {
	has := func(key string) int {
		if _, ok := written[key]; ok {
			return 1
		}
		return 0
	}
	token, id, key := has("token_env")+has("token_file"), has("app_id")+has("client_id"), has("private_key_file")+has("private_key_env")
	switch app := id+key+has("installation_id") > 0; {
	case token == 0 && !app:
		f.bad(at, "says nothing about where the credential is", `add token_env = "NAME_OF_A_VARIABLE"`)
	case token > 1 || token > 0 && app:
		f.bad(at, "names its credential in more than one way", "keep one of them")
	case app && (id == 0 || key == 0):
		f.bad(at, "an app needs its id (app_id or client_id) and its key (private_key_file or private_key_env)", "")
	case id > 1:
		f.bad(at, "app_id and client_id both say which app it is", "keep one of them")
	case key > 1:
		f.bad(at, "private_key_file and private_key_env both say where the key is", "keep one of them")
	}
}

// IsApp reports whether the credential is a GitHub App's and no token.
func (c Credential) IsApp() bool { return c.AppID != 0 || c.ClientID != "" }

// Label is what messages call the credential: its name, else where it is found.
func (c Credential) Label() string {
	switch {
	case c.Name != "":
		return c.Name
	case c.TokenEnv != "":
		return "$" + c.TokenEnv
	case c.TokenFile != "":
		return c.TokenFile
	case c.ClientID != "":
		return "app " + c.ClientID
	case c.AppID != 0:
		return fmt.Sprintf("app %d", c.AppID)
	}
	return "the credential"
}

// ReadSecret reads what the i-th credential of [[github.read]] names: a token,
// or the private key of an app. One that is also the write credential's is
// refused: whoever reads must not be able to write. Only variables are compared,
// for they are in this process already; the write credential is never opened for
// it.
func (g GitHub) ReadSecret(i int, getenv func(string) string) (Secret, error) {
	if i >= len(g.Read) {
		return Secret{}, fmt.Errorf("reading the credential: %w is configured", ErrNoToken)
	}
	c := g.Read[i]
	read := c.Token
	if c.IsApp() {
		read = c.PrivateKey
	}
	s, err := read(getenv)
	if err != nil || g.Write == nil {
		return s, err
	}
	for _, name := range []string{g.Write.TokenEnv, g.Write.PrivateKeyEnv} {
		if name != "" && strings.TrimSpace(unfolded(getenv(name))) == s.Reveal() {
			return Secret{}, fmt.Errorf("variable %s, of [github.write], holds the same credential as [[github.read]]: they must be two", name)
		}
	}
	return s, nil
}

// WriteSecret reads what [github.write] names: a token, or the private key of an
// app. One that is a credential of [[github.read]] too is refused: whoever reads
// must not be able to write.
func (g GitHub) WriteSecret(getenv func(string) string) (Secret, error) {
	if g.Write == nil {
		return Secret{}, fmt.Errorf("reading the credential for changes: %w is configured in [github.write]", ErrNoToken)
	}
	open := func(c Credential) (Secret, error) {
		if c.IsApp() {
			return c.PrivateKey(getenv)
		}
		return c.Token(getenv)
	}
	s, err := open(*g.Write)
	if err != nil {
		return Secret{}, fmt.Errorf("[github.write]: %w", err)
	}
	for _, c := range g.Read {
		if other, err := open(c); err == nil && other.Reveal() == s.Reveal() {
			return Secret{}, fmt.Errorf("[github.write] holds the same credential as [[github.read]] (%s): they must be two", c.Label())
		}
	}
	return s, nil
}
