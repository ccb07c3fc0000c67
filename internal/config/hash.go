package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Hash is the SHA-256, in hex, of what the configuration says, defaults and flags
// included. Where the file lies, its comments and the order of its keys do not change it;
// it knows no secret, only where each is found.
func (c Config) Hash() string {
	c.Path, c.Notes = "", nil
	text, err := json.Marshal(c)
	if err != nil {
		// Every field marshals; a new one that does not must not hash as nothing.
		panic("config: canonical form: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
