package pack_test

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/pack"
)

var (
	lastOfPart  = regexp.MustCompile(`"last":\d+,"size":\d+,"checkpoints":\d+`)
	sizeInNote  = regexp.MustCompile(`\\n\d+\\n`)
	crowdOfThem = 200_000
)

// crowded makes a pack whose part begins with a crowd of checkpoints, as somebody makes it
// who wants the memory of whoever verifies it.
func crowded(t *testing.T, line func(size int64, like string) string) ([]byte, *book) {
	t.Helper()
	b := newBook(t, 1).fill(60)
	u := unpack(t, made(t, b))
	head, rest, _ := strings.Cut(string(u.text["journal/journal.jsonl"]), "\n")
	like, _, _ := strings.Cut(rest, "\n")
	var out strings.Builder
	out.WriteString(lastOfPart.ReplaceAllString(head, fmt.Sprintf(`"last":900000000000,"size":900000000001,"checkpoints":%d`, crowdOfThem)) + "\n")
	for i := range crowdOfThem {
		out.WriteString(line(int64(1000+i), like) + "\n")
	}
	u.text["journal/journal.jsonl"] = []byte(out.String())
	u.reseal(b.signer)
	return u.zip(), b
}

func TestACrowdOfCheckpointsIsNotKept(t *testing.T) {
	packed, b := crowded(t, func(size int64, like string) string {
		return sizeInNote.ReplaceAllString(like, fmt.Sprintf(`\n%d\n`, size))
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := look(t, packed, pack.VerifyOptions{Keys: b.keys})
	runtime.ReadMemStats(&after)
	named(t, r, "journal/journal.jsonl", "the checkpoint of 1000 entries is forged")
	if len(r.Problems) != 1 {
		t.Errorf("more than that is said: %v", r.Problems)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 50<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}

func TestCheckpointsOfAPartRise(t *testing.T) {
	b := newBook(t, 1).fill(60)
	u := unpack(t, made(t, b))
	text := string(u.text["journal/journal.jsonl"])
	lines := strings.SplitAfter(text, "\n")
	lines[1], lines[2] = lines[2], lines[1]
	u.text["journal/journal.jsonl"] = []byte(strings.Join(lines, ""))
	u.reseal(b.signer)
	named(t, look(t, u.zip(), pack.VerifyOptions{Keys: b.keys}), "journal/journal.jsonl", "is a checkpoint that does not belong here")
}
