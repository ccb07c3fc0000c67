package report

import (
	"bytes"
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"
)

func appPage(t *testing.T, v AppManifest) string {
	t.Helper()
	var b strings.Builder
	if err := v.HTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestPageOfTheAppSendsTheManifestAndNothingElse reads the form as a browser does.
func TestPageOfTheAppSendsTheManifestAndNothingElse(t *testing.T) {
	v := exampleApp()
	page := appPage(t, v)
	field := regexp.MustCompile(`<input type="hidden" name="manifest" value="([^"]*)">`).FindStringSubmatch(page)
	if field == nil || strings.Count(page, "<input") != 1 || strings.Count(page, "<form action=\""+v.Post+"\" method=\"post\">") != 1 {
		t.Fatalf("no form with the manifest alone:\n%s", page)
	}
	var sent, shown struct {
		Public      *bool             `json:"public"`
		Hook        any               `json:"hook_attributes"`
		Permissions map[string]string `json:"default_permissions"`
		Manifest    json.RawMessage   `json:"manifest"`
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(field[1])), &sent); err != nil {
		t.Fatal(err)
	}
	if sent.Public == nil || *sent.Public || sent.Hook != nil || len(sent.Permissions) != len(v.Permissions) {
		t.Errorf("the page sends %+v", sent)
	}
	for _, p := range v.Permissions {
		if sent.Permissions[p.Name] != p.Level {
			t.Errorf("%s is sent as %q, want %q", p.Name, sent.Permissions[p.Name], p.Level)
		}
	}
	if err := json.Unmarshal([]byte(render(t, v, JSON, Options{})), &shown); err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, shown.Manifest); err != nil {
		t.Fatal(err)
	}
	if compact.String() != html.UnescapeString(field[1]) {
		t.Errorf("the page sends another manifest than the JSON shows:\n%s\n%s", field[1], compact.String())
	}
	for _, never := range []string{"<script", "src=", "http-equiv=\"refresh\"", "onload"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %s", never)
		}
	}
	if !strings.Contains(page, "form-action https://github.com;") {
		t.Error("the policy of the page does not say where its form may go")
	}
}

func TestNoTextActsInThePageOfTheApp(t *testing.T) {
	bad := `"><script>alert(1)</script>` + "\u202e\x1b[31m"
	v := everywhere(exampleApp(), bad).(AppManifest)
	page := appPage(t, v)
	if strings.Contains(page, "<script") || strings.Contains(page, "\u202e") || strings.Contains(page, "\x1b") {
		t.Errorf("a name acts:\n%s", page)
	}
	v = exampleApp()
	v.Post = "javascript:alert(1)//"
	if page := appPage(t, v); strings.Contains(page, `action="javascript:`) {
		t.Error("the form runs a script")
	}
}
