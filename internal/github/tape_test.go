package github

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// deck is a client with a tape, against a handler.
type deck struct {
	t      *testing.T
	client *Client
	clock  *clock
	tape   *Tape
	o      TapeOptions
}

func newDeck(t *testing.T, h http.HandlerFunc) *deck {
	t.Helper()
	c, clock := testClient(t, h)
	d := &deck{t: t, client: c, clock: clock, o: TapeOptions{
		Path: filepath.Join(t.TempDir(), "answers"), Organization: 7, Host: "h", Credential: "c", Sight: "s",
		Start: clock.Now(), Resume: time.Hour, Now: clock.Now,
	}}
	d.open()
	t.Cleanup(func() { _ = d.tape.Close() })
	return d
}

// open begins another run.
func (d *deck) open() {
	d.t.Helper()
	if d.tape != nil {
		if err := d.tape.Close(); err != nil {
			d.t.Fatal(err)
		}
	}
	var err error
	if d.tape, err = OpenTape(d.o); err != nil {
		d.t.Fatal(err)
	}
	if err := d.client.Replay(d.tape, "s"); err != nil {
		d.t.Fatal(err)
	}
}

type pageQuery struct {
	Organization struct {
		Name string
	} `graphql:"organization(login:$org,first:$n,after:$after)"`
	RateLimit *RateLimit
}

func (d *deck) page(n int, after string) (string, error) {
	var q pageQuery
	err := d.client.Query(d.t.Context(), &q, map[string]any{"org": "acme", "n": n, "after": after})
	return q.Organization.Name, err
}

type nodesQuery struct {
	Nodes []*struct {
		ID string
	} `graphql:"nodes(ids:$ids)"`
	RateLimit *RateLimit
}

type ID string

func (d *deck) nodes(ids ...ID) ([]string, error) {
	var q nodesQuery
	err := d.client.Query(d.t.Context(), &q, map[string]any{"ids": ids})
	var out []string
	for _, n := range q.Nodes {
		if n == nil {
			out = append(out, "null")
			continue
		}
		out = append(out, n.ID)
	}
	return out, err
}

// nodesAnswer answers a query for nodes and gives the ids that were asked for.
func nodesAnswer(w http.ResponseWriter, r *http.Request, spoil func(ids []string, nodes []any) string) []string {
	var body struct{ Variables struct{ IDs []string } }
	raw, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(raw, &body)
	nodes := make([]any, len(body.Variables.IDs))
	for i, id := range body.Variables.IDs {
		nodes[i] = map[string]string{"id": id}
	}
	errs := spoil(body.Variables.IDs, nodes)
	text, _ := json.Marshal(nodes)
	reply(w, 200, fmt.Sprintf(`{"data":{"nodes":%s,"rateLimit":{"cost":2}}%s}`, text, errs))
	return body.Variables.IDs
}

func TestAPageIsFoundWhateverItsSize(t *testing.T) {
	n := 0
	d := newDeck(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		reply(w, 200, fmt.Sprintf(`{"data":{"organization":{"name":"answer %d"},"rateLimit":{"cost":3}}}`, n))
	})
	if _, err := d.page(100, "c1"); err != nil {
		t.Fatal(err)
	}
	d.open()
	before := d.client.Meter()
	if got, err := d.page(25, "c1"); err != nil || got != "answer 1" {
		t.Errorf("the recorded page: %q, %v", got, err)
	}
	m := d.client.Meter()
	if m.Points != before.Points || m.Requests != before.Requests || m.Replayed != 1 {
		t.Errorf("a replayed answer was counted: %+v", m)
	}
	if got, err := d.page(25, "c1"); err != nil || got != "answer 2" {
		t.Errorf("the second reading of the list came from the tape: %q, %v", got, err)
	}
	if got, err := d.page(25, "c2"); err != nil || got != "answer 3" {
		t.Errorf("another page: %q, %v", got, err)
	}
	d.open()
	for i, want := range []string{"answer 1", "answer 2", "answer 4"} {
		if got, _ := d.page(100, "c1"); got != want {
			t.Errorf("reading %d in the third run: %q, want %q", i+1, got, want)
		}
	}
}

func TestNodesAreFoundInAnyBatch(t *testing.T) {
	var asked [][]string
	d := newDeck(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, nodesAnswer(w, r, func(ids []string, nodes []any) string {
			if i := slices.Index(ids, "gone"); i >= 0 {
				nodes[i] = nil
			}
			return ""
		}))
	})
	if _, err := d.nodes("a", "b", "gone", "c"); err != nil {
		t.Fatal(err)
	}
	d.open()
	before := d.client.Meter().Points
	got, err := d.nodes("x", "c", "gone", "a")
	if want := []string{"x", "c", "null", "a"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("nodes %v, want %v (%v)", got, want, err)
	}
	if want := []string{"x", "gone"}; !slices.Equal(asked[1], want) {
		t.Errorf("asked for %v, want %v", asked[1], want)
	}
	if p := d.client.Meter().Points - before; p != 2 {
		t.Errorf("%d points for the part that was asked for", p)
	}
	if got, err := d.nodes("b"); err != nil || !slices.Equal(got, []string{"b"}) || len(asked) != 2 {
		t.Errorf("nodes %v, asked %v, %v", got, asked, err)
	}
}

func TestABatchWhoseLivePartHasErrorsIsAskedForAfresh(t *testing.T) {
	var asked [][]string
	d := newDeck(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, nodesAnswer(w, r, func(ids []string, nodes []any) string {
			i := slices.Index(ids, "bad")
			if i < 0 {
				return ""
			}
			nodes[i] = nil
			return fmt.Sprintf(`,"errors":[{"type":"FORBIDDEN","message":"no","path":["nodes",%d]}]`, i)
		}))
	})
	if _, err := d.nodes("a", "b"); err != nil {
		t.Fatal(err)
	}
	d.open()
	got, err := d.nodes("a", "bad", "b")
	g, ok := errors.AsType[*GraphQLError](err)
	if !ok || !slices.Equal(got, []string{"a", "null", "b"}) || g.Errors[0].PathString() != "nodes.1" {
		t.Errorf("nodes %v, %v", got, err)
	}
	if want := []string{"a", "bad", "b"}; len(asked) != 3 || !slices.Equal(asked[2], want) {
		t.Errorf("asked for %v", asked)
	}
}

func TestOnlyCleanAnswersAreRecorded(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		sso    string
	}{
		"errors beside data": {200, `{"data":{"organization":{"name":"x"}},"errors":[{"message":"slow"}]}`, ""},
		"errors before data": {200, `{"errors":[{"message":"slow"}],"data":{"organization":{"name":"x"}}}`, ""},
		"no data":            {200, `{"data":null}`, ""},
		"null at the top":    {200, `{"data":{"organization":null,"rateLimit":null}}`, ""},
		"partial results":    {200, `{"data":{"organization":{"name":"x"}}}`, "partial-results; organizations=7"},
		"refused":            {404, `{"message":"Not Found"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			d := newDeck(t, func(w http.ResponseWriter, _ *http.Request) {
				n++
				if c.sso != "" {
					w.Header().Set("X-GitHub-SSO", c.sso)
				}
				reply(w, c.status, c.body)
			})
			_, _ = d.page(1, "")
			d.open()
			if d.tape.Resumed() != 0 {
				t.Error("the answer was recorded")
			}
			before := n
			if _, _ = d.page(1, ""); n == before {
				t.Error("the answer was replayed")
			}
		})
	}
}

func TestARESTAnswerComesBackWithWhatLeadsOn(t *testing.T) {
	n := 0
	d := newDeck(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		w.Header().Set("Link", `<http://`+r.Host+`/orgs/acme/x?page=2>; rel="next"`)
		reply(w, 200, `[{"id":1}]`)
	})
	for range 2 {
		d.open()
		req, err := d.client.REST().NewRequest(t.Context(), "GET", "orgs/acme/x?page=1", nil)
		if err != nil {
			t.Fatal(err)
		}
		var rows []struct{ ID int }
		resp, err := d.client.REST().Do(req, &rows)
		if err != nil || resp.NextPage != 2 || len(rows) != 1 || n != 1 {
			t.Errorf("page %+v, rows %v, %d requests, %v", resp, rows, n, err)
		}
	}
	if err := get(d.client, "orgs/acme/x?page=2"); err != nil || n != 2 {
		t.Errorf("another page: %d requests, %v", n, err)
	}
}

func TestACredentialThatIsShownMoreMakesThePassAnew(t *testing.T) {
	status := 403
	d := newDeck(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/keys") {
			reply(w, status, `{"message":"Resource not accessible"}`)
			return
		}
		reply(w, 200, `[]`)
	})
	if err := get(d.client, "orgs/acme/x"); err != nil {
		t.Fatal(err)
	}
	_ = get(d.client, "repos/acme/a/keys")
	d.open()
	_ = get(d.client, "repos/acme/a/keys")
	if d.tape.Outgrown() {
		t.Error("it was refused again")
	}
	status = 200
	_ = get(d.client, "repos/acme/a/keys")
	if !d.tape.Outgrown() {
		t.Error("nobody noticed that the credential is shown more")
	}
}

func TestWhatIsWrittenIsThereAfterAKill(t *testing.T) {
	d := newDeck(t, func(w http.ResponseWriter, r *http.Request) { reply(w, 200, `["`+strings.Repeat("x", 3<<19)+`"]`) })
	for i := range 2 {
		if err := get(d.client, fmt.Sprintf("x?page=%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(d.o.Path) // as a kill would leave it
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if _, _, err := readTape(bytes.NewReader(raw), func(record) { n++ }); err != nil || n != 2 {
		t.Errorf("%d records of 2 MiB are in the file, %v", n, err)
	}
}

func TestADiskThatIsFullCostsTheTapeAndNotThePass(t *testing.T) {
	d := newDeck(t, func(w http.ResponseWriter, r *http.Request) { reply(w, 200, `["`+strings.Repeat("x", 1<<20)+`"]`) })
	_ = d.tape.f.Close() // every write fails from here on
	for i := range 3 {
		if err := get(d.client, fmt.Sprintf("x?page=%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if !d.tape.dead {
		t.Error("the tape goes on")
	}
}
