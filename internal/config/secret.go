package config

import (
	"fmt"
	"log/slog"
)

// redacted is all that a [Secret] ever shows of itself.
const redacted = "[redacted]"

// Secret is a credential. Whatever prints, logs or encodes it gets "[redacted]";
// only [Secret.Reveal] gives the value. The zero Secret is no secret. Keep
// fields of this type exported: fmt cannot call the methods of an unexported
// field and would print its content.
type Secret struct{ value string }

// NewSecret wraps a value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal gives the value. It belongs in an Authorization header and nowhere else.
func (s Secret) Reveal() string { return s.value }

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.value == "" }

// String says "[redacted]".
func (Secret) String() string { return redacted }

// GoString says "[redacted]", for %#v.
func (Secret) GoString() string { return redacted }

// Format says "[redacted]" for every verb, %x and %d included.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue says "[redacted]".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText says "[redacted]", for encoding/json, toml and whatever else asks.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
