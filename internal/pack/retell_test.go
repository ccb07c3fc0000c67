package pack_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/pack"
	"github.com/eb661601/ajar/internal/store"
)

const thisProgram = "ajar 0.6.0 (abc)"

// gathered is the evidence of a quarter with two snapshots: in the second one everything
// came, and something was not seen.
func gathered(t testing.TB) evidence.Evidence {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "ajar.db"), store.Options{Now: func() time.Time { return next }})
	check(t, err)
	t.Cleanup(func() { check(t, s.Close()) })
	for n := range 2 {
		p, err := s.Begin(t.Context(), access.Organization{ID: 7, Login: "acme"}, quarter.Add(time.Duration(n)*time.Hour))
		check(t, err)
		for _, a := range access.Areas {
			c := access.Cover{Area: a, Status: access.Complete, Total: -1}
			if n == 1 && a == access.AreaTwoFactor {
				c.Status, c.Reason = access.Denied, "forbidden"
			}
			check(t, p.Cover(t.Context(), c))
		}
		check(t, p.Put(t.Context(), access.AreaRepositories, 5, access.Rows{Entities: []access.Entity{access.Repository{ID: 5, Name: "=api\u202e"}}}))
		var grants []access.Grant
		for i := range n * 3 {
			grants = append(grants, access.Grant{
				Principal: access.Ref{Kind: access.User, ID: int64(20 + i)}, Resource: access.Ref{Kind: access.Repo, ID: 5}, Privilege: access.Admin, Source: access.Direct,
			})
		}
		check(t, p.Put(t.Context(), access.AreaDirectGrants, 5, access.Rows{Grants: grants}))
		_, err = p.Finish(t.Context(), store.PassStats{})
		check(t, err)
	}
	e, err := evidence.Gather(t.Context(), s, evidence.Options{Framework: evidence.SOC2, Period: evidence.Period{From: quarter, To: next}, Program: thisProgram})
	check(t, err)
	return e
}

// keeping has the table journal list the entries of a journal.
func keeping(t testing.TB, e evidence.Evidence, b *book) evidence.Evidence {
	t.Helper()
	var rows [][]evidence.Value
	for _, x := range b.entries {
		if login := map[int64]string{7: "acme"}[x.Org]; (x.Org == 0 || login != "") && !x.At.Before(quarter) && x.At.Before(next) {
			rows = append(rows, evidence.JournalRow(login, x))
		}
	}
	for i := range e.Tables {
		if e.Tables[i].Name == "journal" {
			e.Tables[i].Rows = of(rows...)
		}
	}
	var err error
	e.Controls, err = evidence.Matrix(t.Context(), e)
	check(t, err)
	return e
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// everything is a pack with all that there is.
func everything(t testing.TB) ([]byte, *book) {
	t.Helper()
	b := year(t)
	return written(t, keeping(t, gathered(t), b), pack.Options{Signer: b.signer, Journal: b.journal(), Sample: &pack.Draw{Size: 2, Seed: "x"}}), b
}

func TestWhatAPackSaysInOtherFormsIsMadeAgain(t *testing.T) {
	whole, b := everything(t)
	r := look(t, whole, pack.VerifyOptions{Keys: b.keys, Program: thisProgram})
	if !r.Sound() {
		t.Fatalf("it is not sound: %v", r.Problems)
	}
	for _, name := range []string{"README.txt", "report.html", "evidence.xlsx", "oscal-assessment-results.json", "ocsf-changes.jsonl", "tables/gaps.json", "tables/controls.json", "schemas/ajar.pack.v1.json"} {
		if !slices.Contains(r.Made, name) {
			t.Errorf("%s was not made again: %v", name, r.Made)
		}
	}
	if r.Numbers < 50 || r.Uncounted > 0 || len(r.Unmade)+len(r.Unknown) > 0 || r.Forms < 40 || r.Entries < 60 {
		t.Errorf("it gives %+v", r)
	}
	all := strings.Join(r.Proven(), "\n")
	for _, want := range []string{"CSV and JSON of each table say the same", fmt.Sprintf("%d numbers of the controls", r.Numbers), "report.html"} {
		if !strings.Contains(all, want) {
			t.Errorf("proven is not %q:\n%s", want, all)
		}
	}
	// Another version that would write all of that as this one does shows as much.
	if other := look(t, whole, pack.VerifyOptions{Keys: b.keys, Program: "ajar 0.7.0"}); !slices.Equal(other.Made, r.Made) || other.Numbers != r.Numbers {
		t.Errorf("another version makes %v, counts %d", other.Made, other.Numbers)
	}
}

// both changes a row of a table in both of its forms.
func (u *unpacked) both(table, old, fresh string) {
	u.t.Helper()
	u.replace("tables/"+table+".csv", strings.ReplaceAll(old, "|", ","), strings.ReplaceAll(fresh, "|", ","))
	u.replace("tables/"+table+".json", jsonRow(old), jsonRow(fresh))
}

// jsonRow is a part of a row of control-numbers as its JSON has it.
func jsonRow(part string) string {
	cells := strings.Split(part, "|")
	return fmt.Sprintf(`"name":%q,"title":%q,"value":%s`, cells[0], cells[1], cells[2])
}

func TestWhoeverHoldsTheKeyAndChangesOneFormIsNamed(t *testing.T) {
	whole, b := everything(t)
	const numbers = "tables/control-numbers.json"
	for _, c := range []struct {
		name, file, want string
		do               func(u *unpacked)
	}{
		{"the page", "report.html", "does not say what the tables", func(u *unpacked) { u.replace("report.html", "INCOMPLETE", "  complete") }},
		{"the page, longer", "report.html", "does not say what the tables", func(u *unpacked) { u.text["report.html"] = append(u.text["report.html"], "<p>All is well"...) }},
		{"the workbook", "evidence.xlsx", "does not say what the tables", func(u *unpacked) { u.text["evidence.xlsx"][3000] ^= 1 }},
		{"the OSCAL", "oscal-assessment-results.json", "does not say what the tables", func(u *unpacked) {
			u.replace("oscal-assessment-results.json", `"not-satisfied"`, `"satisfied"`)
		}},
		{"the events", "ocsf-changes.jsonl", "does not say what the tables", func(u *unpacked) {
			_, rest, _ := bytes.Cut(u.text["ocsf-changes.jsonl"], []byte("\n"))
			u.text["ocsf-changes.jsonl"] = rest
		}},
		{"the README", "README.txt", "does not say what the tables", func(u *unpacked) { u.replace("README.txt", "INCOMPLETE", "ALL IS WELL") }},
		{"a schema", "schemas/ajar.pack.v1.json", "does not say what the tables", func(u *unpacked) { u.replace("schemas/ajar.pack.v1.json", "pack", "park") }},
		{"the CSV of a table", "tables/population-end.csv", "its row 2 is not the one", func(u *unpacked) { u.replace("tables/population-end.csv", "user:#21", "user:#29") }},
		{"the header of a CSV", "tables/population-end.csv", "its header does not name", func(u *unpacked) { u.replace("tables/population-end.csv", "privilege,", "pivilege,") }},
		{"the JSON of a table", "tables/population-end.csv", "its row 1 is not the one", func(u *unpacked) {
			u.replace("tables/population-end.json", `"principal":"user:#20"`, `"principal":"user:#29"`)
		}},
		{"the CSV of a sample", "samples/population-end.csv", "", func(u *unpacked) { u.replace("samples/population-end.csv", "user:#2", "user:#3") }},
		{"the JSON of a sample", "samples/population-end.csv", "is not the one", func(u *unpacked) {
			u.replace("samples/population-end.json", `"principal":"user:#2`, `"principal":"user:#3`)
		}},
		{"a key twice", "tables/population-end.json", "not written the way ajar writes a table", func(u *unpacked) {
			u.replace("tables/population-end.json", `"principal":"user:#20"`, `"principal":"user:#29","principal":"user:#20"`)
		}},
		{"a table that calls itself another one", "tables/population-end.json", "the manifest has another one there", func(u *unpacked) {
			u.replace("tables/population-end.json", `"name":"population-end"`, `"name":"population-start"`)
		}},
		{"a row in both forms", numbers, "the number people-end is stated as 3, and the tables give 2", func(u *unpacked) {
			u.replace("tables/population-end.csv", "user:#21,user,21", "user:#20,user,20")
			u.replace("tables/population-end.json", `"principal":"user:#21","principal_kind":"user","principal_id":21`, `"principal":"user:#20","principal_kind":"user","principal_id":20`)
		}},
		{"a number", numbers, "control CC4.1: the number grants-end is stated as 2, and the tables give 3", func(u *unpacked) {
			u.both("control-numbers", "grants-end|Grants at its end|3", "grants-end|Grants at its end|2")
		}},
		{"an exception that is none any more", numbers, "is no exception where ajar makes it one", func(u *unpacked) {
			text := regexp.MustCompile(`"exception":true`).ReplaceAll(u.text[numbers], []byte(`"exception":false`))
			u.text[numbers] = text
			u.text["tables/control-numbers.csv"] = bytes.ReplaceAll(u.text["tables/control-numbers.csv"], []byte(",yes,"), []byte(",no,"))
		}},
		{"a query of another hand", numbers, "the number \"gaps\" with its query is none that ajar makes", func(u *unpacked) {
			u.replace("tables/control-numbers.csv", "SELECT count(*) FROM gaps", "SELECT 0; DROP TABLE gaps")
			u.replace(numbers, "SELECT count(*) FROM gaps", "SELECT 0; DROP TABLE gaps")
		}},
		{"a number less", numbers, "the number grants-start was left out", func(u *unpacked) {
			cut := func(name, line string) {
				was := u.text[name]
				u.text[name] = regexp.MustCompile(`(?m)^.*grants-start.*`+line).ReplaceAll(was, nil)
				if bytes.Equal(was, u.text[name]) {
					u.t.Fatal(name)
				}
			}
			n := bytes.Count(u.text["tables/control-numbers.csv"], []byte(",grants-start,"))
			rows := bytes.Count(u.text["tables/control-numbers.csv"], []byte("\r\n")) - 1
			cut("tables/control-numbers.csv", "\r\n")
			cut(numbers, "\n")
			u.replace(numbers, fmt.Sprintf(`"count":%d`, rows), fmt.Sprintf(`"count":%d`, rows-n))
			u.replace("manifest.json", fmt.Sprintf(`"rows": %d`, rows), fmt.Sprintf(`"rows": %d`, rows-n))
		}},
		{"a statement", "tables/controls.json", "does not say what the tables", func(u *unpacked) {
			u.replace("tables/controls.json", "supports", "satisfies")
			u.replace("tables/controls.csv", "supports", "satisfies")
		}},
		{"a manifest that calls itself complete", "tables/gaps.json", "says otherwise whether", func(u *unpacked) {
			u.text["manifest.json"] = regexp.MustCompile(`(?s)"complete": false,\n  "gaps": \[.*?\n  \],`).ReplaceAll(u.text["manifest.json"], []byte("\"complete\": true,\n  \"gaps\": [],"))
		}},
		{"gaps that the manifest does not list", "tables/gaps.json", "gaps, and the manifest lists 0", func(u *unpacked) {
			u.text["manifest.json"] = regexp.MustCompile(`(?s)"complete": false,\n  "gaps": \[.*?\n  \],`).ReplaceAll(u.text["manifest.json"], []byte("\"complete\": true,\n  \"gaps\": [],"))
			for name, text := range u.text {
				u.text[name] = regexp.MustCompile(`"complete":false,"gaps":\d+,`).ReplaceAll(text, []byte(`"complete":true,"gaps":0,`))
			}
		}},
		{"a gap with another reason", "tables/gaps.json", "does not say what", func(u *unpacked) {
			for _, name := range []string{"tables/gaps.json", "tables/gaps.csv", "samples/gaps.json", "samples/gaps.csv"} {
				u.replace(name, "forbidden", "all right")
			}
		}},
		{"a file that is listed", "tables/secret.csv", "ajar puts no such file into a pack", func(u *unpacked) {
			u.replace("manifest.json", "\"files\": [\n    {\n", "\"files\": [\n    {\n      \"name\": \"tables/secret.csv\",\n      \"size\": 0,\n      \"sha256\": \""+hexOf(nil)+"\"\n    },\n    {\n")
			u.names, u.text["tables/secret.csv"] = slices.Insert(u.names, 0, "tables/secret.csv"), nil
		}},
		{"an entry of the journal that the table tells otherwise", "tables/journal.json", "it says something else of an entry than the journal", func(u *unpacked) {
			for _, name := range []string{"tables/journal.csv", "tables/journal.json"} {
				u.replace(name, "mirela (1)", "mirela (2)")
			}
		}},
		{"a table less", "manifest.json", "the pack lacks the table waivers", func(u *unpacked) {
			u.text["manifest.json"] = regexp.MustCompile(`(?s)    \{\n      "name": "waivers",.*?\n    \},\n`).ReplaceAll(u.text["manifest.json"], nil)
			for _, name := range []string{"tables/waivers.csv", "tables/waivers.json"} {
				u.text["manifest.json"] = regexp.MustCompile(`    \{\n      "name": "`+name+`",\n.*\n.*\n    \},\n`).ReplaceAll(u.text["manifest.json"], nil)
				u.remove(name)
			}
		}},
		{"a column that is told otherwise", "tables/owners.json", "something else of the table or of its columns", func(u *unpacked) {
			u.text["tables/owners.json"] = regexp.MustCompile(`"about":"[^"]*"`).ReplaceAll(u.text["tables/owners.json"], []byte(`"about":"All is well."`))
		}},
		{"a name in capitals", "tables/owners.csv", "in nothing but capitals", func(u *unpacked) {
			u.replace("manifest.json", "\"files\": [\n    {\n", "\"files\": [\n    {\n      \"name\": \"tables/Owners.csv\",\n      \"size\": 0,\n      \"sha256\": \""+hexOf(nil)+"\"\n    },\n    {\n")
			u.names, u.text["tables/Owners.csv"] = slices.Insert(u.names, 0, "tables/Owners.csv"), nil
		}},
		{"a time in another zone", "manifest.json", "another zone", func(u *unpacked) {
			u.replace("manifest.json", `"from": "2026-01-01T00:00:00Z"`, `"from": "2026-01-01T01:00:00+01:00"`)
		}},
		{"a table in the file of another one", "manifest.json", "in a file of another name", func(u *unpacked) {
			u.replace("manifest.json", `"csv": "tables/owners.csv"`, `"csv": "tables/waivers.csv"`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := unpack(t, whole)
			c.do(u)
			u.reseal(b.signer)
			named(t, look(t, u.zip(), pack.VerifyOptions{Keys: b.keys, Program: thisProgram}), c.file, c.want)
		})
	}
}

// What another version made may be right and differ, and nothing is claimed of it; what can
// be counted is counted.
func TestWhatAnotherVersionMadeIsNotCalledWrong(t *testing.T) {
	whole, b := everything(t)
	u := unpack(t, whole)
	u.replace("report.html", "INCOMPLETE", "Incomplete")
	u.replace("tables/control-numbers.csv", "SELECT count(*) FROM gaps", "SELECT count(1) FROM gaps")
	u.replace("tables/control-numbers.json", "SELECT count(*) FROM gaps", "SELECT count(1) FROM gaps")
	u.reseal(b.signer)
	r := look(t, u.zip(), pack.VerifyOptions{Keys: b.keys, Program: "ajar 0.7.0"})
	if !r.Sound() || !slices.Contains(r.Unmade, "report.html") || r.Uncounted != 1 {
		t.Fatalf("it gives %v, not made again %v, %d not counted", r.Problems, r.Unmade, r.Uncounted)
	}
	all := strings.Join(r.Unproven(), "\n")
	for _, want := range []string{"report.html", "the pack was made by " + thisProgram, "1 number of the controls"} {
		if !strings.Contains(all, want) {
			t.Errorf("not proven is not %q:\n%s", want, all)
		}
	}
	u.both("control-numbers", "grants-end|Grants at its end|3", "grants-end|Grants at its end|2")
	u.reseal(b.signer)
	named(t, look(t, u.zip(), pack.VerifyOptions{Keys: b.keys, Program: "ajar 0.7.0"}), "tables/control-numbers.json", "the tables give 3")
}
