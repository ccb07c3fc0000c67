package config

import (
	"strings"
	"testing"
)

func TestCredentialForChangesIsAnotherOne(t *testing.T) {
	dir := t.TempDir()
	env := map[string]string{"R": "ghp_readreadread", "W": "ghp_writewrite", "TWIN": " ghp_readreadread\n"}
	get := func(name string) string { return env[name] }
	file := Credential{TokenFile: write(t, dir, "read", "ghp_readreadread\n", 0o600)}
	for name, c := range map[string]struct {
		g  GitHub
		ok bool
	}{
		"another":               {GitHub{Read: []Credential{{TokenEnv: "R"}}, Write: &Credential{TokenEnv: "W"}}, true},
		"the same text":         {GitHub{Read: []Credential{{TokenEnv: "R"}}, Write: &Credential{TokenEnv: "TWIN"}}, false},
		"the same text, a file": {GitHub{Read: []Credential{file}, Write: &Credential{TokenEnv: "TWIN"}}, false},
		"the second one":        {GitHub{Read: []Credential{{TokenEnv: "ABSENT"}, {TokenEnv: "R"}}, Write: &Credential{TokenEnv: "TWIN"}}, false},
		"none":                  {GitHub{}, false},
		"an empty variable":     {GitHub{Write: &Credential{TokenEnv: "ABSENT"}}, false},
	} {
		s, err := c.g.WriteSecret(get)
		if c.ok != (err == nil) || c.ok && s.Reveal() != env["W"] {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "ghp_") {
			t.Errorf("%s: the error shows it: %v", name, err)
		}
	}
}
