package config_test

import (
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
)

func TestHashIsOfWhatTheConfigurationSays(t *testing.T) {
	c := config.Default()
	first := c.Hash()
	c.Path, c.Notes = "/somewhere/else.toml", []string{"a remark"}
	if c.Hash() != first {
		t.Error("where the file lies changes the hash")
	}
	for name, change := range map[string]func(*config.Config){
		"a guard":      func(c *config.Config) { c.Remediate.MaxChanges++ },
		"an area":      func(c *config.Config) { c.Collect.Without = []access.Area{access.AreaSecrets} },
		"a channel":    func(c *config.Config) { c.Notify.Channels = []config.Channel{{Name: "ops"}} },
		"a credential": func(c *config.Config) { c.GitHub.Write = &config.Credential{TokenEnv: "X"} },
	} {
		x := config.Default()
		change(&x)
		if x.Hash() == first {
			t.Errorf("%s changes nothing of the hash", name)
		}
	}
	if len(first) != 64 {
		t.Errorf("the hash is %q", first)
	}
}
