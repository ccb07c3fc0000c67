package pack_test

import (
	"bytes"
	"testing"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/pack"
)

// A file that is longer than it ever is, is not read to its end: nothing is shown by it,
// and that is a problem.
func TestALongFileOfCheckpointsOrOfAKeyIsNotPassedOver(t *testing.T) {
	whole, b := everything(t)
	key, err := journal.MinisignKey(newBook(t, 99).signer.Public())
	check(t, err)
	for _, c := range []struct{ file, text, want string }{
		{"journal/checkpoints.jsonl", string(bytes.Repeat([]byte("forged checkpoints\n"), 1<<20)), "it holds other checkpoints than those that fit the journal"},
		{"journal/checkpoints.jsonl", string(bytes.Repeat([]byte("\n"), 17<<20)), "it holds other checkpoints than those that fit the journal"},
		{"journal/minisign.pub", "untrusted comment: public key of an ajar journal\n" + key + "\n", "it is not the key that the manifest names"},
		{"journal/minisign.pub", "untrusted comment: public key of an ajar journal\n" + key + "\n" + string(bytes.Repeat([]byte("\n"), 5000)), "it is longer than 4096 bytes"},
	} {
		u := unpack(t, whole)
		u.text[c.file] = []byte(c.text)
		u.seal(b.signer)
		named(t, look(t, u.zip(), pack.VerifyOptions{Keys: b.keys, Program: thisProgram}), c.file, c.want)
	}
}
