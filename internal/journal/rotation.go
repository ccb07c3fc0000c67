package journal

import (
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
)

// NewKey is the body of an entry of kind [KeyMade], the first of every journal.
type NewKey struct {
	Key string `json:"public_key"`
}

// Rotation is the body of an entry of kind [KeyChange]: from the next signature on
// a new key signs. The old one says so by its signature.
type Rotation struct {
	Old       string `json:"old_public_key"`
	New       string `json:"new_public_key"`
	Reason    string `json:"reason"`
	Signature string `json:"signature"` // base64, Ed25519, by the old key over [Rotation.statement]; "" where it was lost
}

// statement is what the old key signs.
func (r Rotation) statement() []byte {
	return []byte("ajar-journal-key-change/v1\n" + r.Old + "\n" + r.New + "\n")
}

// Rotate makes the record of a change of keys. The old key is nil where it was
// lost; then oldPublic names it, and everybody who verifies is told.
func Rotate(old *Signer, oldPublic string, next *Signer, reason string) (Rotation, error) {
	r := Rotation{Old: oldPublic, New: next.Public(), Reason: reason}
	if old == nil {
		return r, nil
	}
	r.Old = old.Public()
	if old.Origin() != next.Origin() {
		return r, errors.New("changing the signing key: the new one is of another journal")
	}
	sig, err := old.signer.Sign(r.statement())
	if err != nil {
		return r, fmt.Errorf("changing the signing key: %w", err)
	}
	r.Signature = base64.StdEncoding.EncodeToString(sig)
	return r, nil
}

// Check reports whether the old key signed the change. [ErrUnsigned] says that it
// was lost.
func (r Rotation) Check() error {
	old, errOld := note.NewVerifier(r.Old)
	next, errNew := note.NewVerifier(r.New)
	if err := errors.Join(errOld, errNew); err != nil {
		return fmt.Errorf("reading a change of the signing key: %w", err)
	}
	if old.Name() != next.Name() {
		return errors.New("the new signing key is of another journal")
	}
	if r.Signature == "" {
		return ErrUnsigned
	}
	sig, err := base64.StdEncoding.DecodeString(r.Signature)
	if err != nil || !old.Verify(r.statement(), sig) {
		return errors.New("the old signing key did not sign the change to the new one")
	}
	return nil
}

// KeyOf gives the public key that an entry of kind [KeyMade] or [KeyChange] brings,
// and whether the key before signed the change; the first one needs none.
func KeyOf(e Entry) (key string, vouched bool, err error) {
	if e.Kind == KeyMade {
		var k NewKey
		err := e.Decode(&k)
		return k.Key, true, err
	}
	var r Rotation
	if err := e.Decode(&r); err != nil {
		return "", false, err
	}
	err = r.Check()
	if errors.Is(err, ErrUnsigned) {
		return r.New, false, nil
	}
	return r.New, true, err
}

// CheckPublic reports what is wrong with the text of a public key.
func CheckPublic(key string) error {
	v, err := note.NewVerifier(key)
	if err != nil || !isOrigin(v.Name()) {
		return fmt.Errorf("%.80q is no public key of a journal", key)
	}
	return nil
}

// ErrUnsigned says that a key was replaced without a signature of the one before.
var ErrUnsigned = errors.New("the signing key was replaced without a signature of the one before: it was lost")
