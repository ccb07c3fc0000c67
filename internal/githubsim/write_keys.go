package githubsim

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"
)

// keyKinds start the public keys that GitHub takes.
var keyKinds = []string{"ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
	"sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"}

// material is the part of a public key that is the key: its comment is not.
// It is "" where the text is no public key.
func material(key string) string {
	words := strings.Fields(key)
	if len(words) < 2 || !slices.Contains(keyKinds, words[0]) {
		return ""
	}
	if _, err := base64.StdEncoding.DecodeString(words[1]); err != nil {
		return ""
	}
	return words[0] + " " + words[1]
}

// postKey adds a deploy key, which can write unless it is said to be read-only.
// A key can be in use once in all of GitHub.
func (c *call) postKey() effect {
	r, refused := c.repoToChange()
	if refused != nil {
		return no(refused)
	}
	in, refused := c.fields()
	if refused != nil {
		return no(refused)
	}
	k := &DeployKey{CreatedAt: c.now.Truncate(time.Second), AddedBy: c.actor()}
	for key, v := range map[string]any{"title": &k.Title, "key": &k.Key, "read_only": &k.ReadOnly} {
		if refused := c.read(in, key, v); refused != nil {
			return no(refused)
		}
	}
	switch on := r.org.Settings.DeployKeysEnabled; {
	case on != nil && !*on:
		return no(c.failure(http.StatusUnprocessableEntity, "Deploy keys are disabled for this repository"))
	case material(k.Key) == "":
		return no(c.invalid("PublicKey", "key", "custom", "key is invalid. You must supply a key in OpenSSH public key format"))
	case c.x.World.keyInUse(k.Key):
		return no(c.invalid("PublicKey", "key", "custom", "key is already in use"))
	}
	return yes(func() *reply {
		k.ID = c.s.newID()
		r.DeployKeys = append(r.DeployKeys, k)
		c.touch()
		c.log(r.org, "public_key.create", func(e *AuditEvent) { e.Repo, e.DeployKey = r.Name, k.Title })
		s := c.keyShape(r, k)
		at, _ := s["url"].(string)
		return created(s).set("Location", at)
	})
}

// keyInUse reports whether any repository has the key.
func (w *World) keyInUse(key string) bool {
	for _, o := range w.Orgs {
		for _, r := range o.Repos {
			for _, k := range r.DeployKeys {
				if material(k.Key) == material(key) || k.Key == key {
					return true
				}
			}
		}
	}
	return false
}

// key finds the deploy key of the path.
func (c *call) key(r repoOf) *DeployKey {
	for _, k := range r.DeployKeys {
		if number(k.ID) == c.params["key_id"] {
			return k
		}
	}
	return nil
}

func (c *call) deleteKey() effect {
	r, refused := c.repoToChange()
	if refused != nil {
		return no(refused)
	}
	k := c.key(r)
	if k == nil {
		return no(c.notFound())
	}
	return yes(func() *reply {
		r.DeployKeys = slices.DeleteFunc(r.DeployKeys, func(o *DeployKey) bool { return o == k })
		c.touch()
		c.log(r.org, "public_key.delete", func(e *AuditEvent) { e.Repo, e.DeployKey = r.Name, k.Title })
		return done()
	})
}
