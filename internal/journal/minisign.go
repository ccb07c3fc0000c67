package journal

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"aead.dev/minisign"
	"golang.org/x/crypto/blake2b"
)

// What a file is signed with is the key of the journal, in the format of minisign: so
// that anybody can check it with that tool alone, and so that the changes of the key
// that the journal records vouch for what was signed before. A signature of a file is
// over 64 bytes of hash, and that of its comment begins with 64 bytes of signature;
// neither can be taken for a checkpoint or a change of keys, which begin with words.

// ErrMinisign says that a signature of a file is not by the key that is asked about, or
// of another file.
var ErrMinisign = errors.New("the signature is not by that key, or not of this file as it stands")

// keyNumber is the number that minisign tells keys apart by: the first eight bytes of
// the SHA-256 of the public key. It proves nothing and is no secret.
func keyNumber(public []byte) []byte {
	sum := sha256.Sum256(public)
	return sum[:8]
}

// MinisignKey gives a public key of a journal as minisign writes one: the line of base64
// that "minisign -P" takes.
func MinisignKey(public string) (string, error) {
	if err := CheckPublic(public); err != nil {
		return "", err
	}
	parts := strings.SplitN(public, "+", 3) // ORIGIN+ID+KEY; the base64 of KEY may hold a plus
	raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize {
		return "", fmt.Errorf("%.80q is no public key of a journal", public)
	}
	key := append([]byte("Ed"), keyNumber(raw[1:])...)
	return base64.StdEncoding.EncodeToString(append(key, raw[1:]...)), nil
}

// CheckMinisign reports what is wrong with the text of a public key of minisign.
func CheckMinisign(key string) error {
	var k minisign.PublicKey
	if err := k.UnmarshalText([]byte(key)); err != nil || k.String() != key {
		return fmt.Errorf("%.80q is no public key of minisign", key)
	}
	return nil
}

// Minisign signs what a file holds. Both comments stand in the signature; only the
// trusted one is signed. They are one line each.
func (s *Signer) Minisign(content []byte, untrusted, trusted string) ([]byte, error) {
	if strings.ContainsAny(untrusted+trusted, "\r\n") {
		return nil, errors.New("signing a file: a comment of it is more than one line")
	}
	public, err := MinisignKey(s.Public())
	if err != nil {
		return nil, fmt.Errorf("signing a file: %w", err)
	}
	var key minisign.PublicKey
	if err := key.UnmarshalText([]byte(public)); err != nil {
		return nil, fmt.Errorf("signing a file: %w", err)
	}
	sum := blake2b.Sum512(content)
	of, err := s.signer.Sign(sum[:])
	if err != nil {
		return nil, fmt.Errorf("signing a file: %w", err)
	}
	comment, err := s.signer.Sign(append(of, trusted...))
	if err != nil {
		return nil, fmt.Errorf("signing a file: %w", err)
	}
	out := minisign.Signature{Algorithm: minisign.HashEdDSA, KeyID: key.ID(), UntrustedComment: untrusted, TrustedComment: trusted}
	copy(out.Signature[:], of)
	copy(out.CommentSignature[:], comment)
	return out.MarshalText()
}

// OpenMinisign reports whether the public key, as [MinisignKey] gives it, signed what a
// file holds, and gives the trusted comment. It takes only the very bytes that
// [Signer.Minisign] writes, but for the untrusted comment.
func OpenMinisign(key string, content, signature []byte) (trusted string, err error) {
	var k minisign.PublicKey
	if err := k.UnmarshalText([]byte(key)); err != nil {
		return "", fmt.Errorf("%.80q is no public key of minisign", key)
	}
	var s minisign.Signature
	if err := s.UnmarshalText(signature); err != nil {
		return "", errors.New("it is no signature of minisign")
	}
	if again, err := s.MarshalText(); err != nil || string(again) != string(signature) || s.Algorithm != minisign.HashEdDSA {
		return "", errors.New("it is not written the way ajar writes it")
	}
	if !minisign.Verify(k, content, signature) {
		return "", ErrMinisign
	}
	return s.TrustedComment, nil
}
