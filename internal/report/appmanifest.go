package report

import (
	_ "embed" // the page with the form
	"html/template"
	"io"
	"slices"
	"strings"
)

// AppManifest is a GitHub App to be registered: what it may do, and why (GitHub
// Docs: "Registering a GitHub App from a manifest").
type AppManifest struct {
	Kind        string // read, write or issues
	Org         string // that owns it
	Name        string
	URL         string // of its home page
	Description string
	Redirect    string // where GitHub sends the browser afterwards
	Permissions []AppPermission
	Register    string // the page that is filled in already
	Post        string // where the form of the manifest goes
}

// AppPermission is one permission of an app.
type AppPermission struct {
	Name  string `json:"name"` // in the API
	Level string `json:"level"`
	For   string `json:"for"`
}

// manifest is GitHub's document. It says nothing of a webhook: there is none.
func (v AppManifest) manifest() any {
	levels := map[string]string{}
	for _, p := range v.Permissions {
		levels[p.Name] = p.Level
	}
	return struct {
		Name        string            `json:"name"`
		URL         string            `json:"url"`
		Description string            `json:"description"`
		Redirect    string            `json:"redirect_url"`
		Public      bool              `json:"public"`
		Events      []string          `json:"default_events"`
		Permissions map[string]string `json:"default_permissions"`
	}{v.Name, v.URL, v.Description, v.Redirect, false, []string{}, levels}
}

func (v AppManifest) json(w io.Writer) error {
	return encode(w, struct {
		Schema       string          `json:"schema"`
		App          string          `json:"app"`
		Organization string          `json:"organization"`
		Register     string          `json:"register_url"`
		Post         string          `json:"form_url"`
		Permissions  []AppPermission `json:"permissions"`
		Manifest     any             `json:"manifest"`
	}{"ajar.app-manifest/v1", v.Kind, v.Org, v.Register, v.Post, list(v.Permissions), v.manifest()})
}

func (v AppManifest) csv(s *sheet) error {
	columns := []string{"app", "permission", "level", "for"}
	if err := s.header(columns...); err != nil {
		return err
	}
	for _, p := range v.Permissions {
		if err := s.fields(columns, fields{"app": v.Kind, "permission": p.Name, "level": p.Level, "for": p.For}); err != nil {
			return err
		}
	}
	return nil
}

func (v AppManifest) table(p *page) error {
	p.title("GitHub App of "+v.Org, v.Description)
	p.gap()
	wide := 0
	for _, r := range v.Permissions {
		wide = max(wide, columns(Visible(r.Name+": "+r.Level)))
	}
	wide = min(wide, p.width/2)
	for _, r := range v.Permissions {
		right := r.Name + ": " + r.Level
		p.hang(2, []span{strong.of(right), space(max(wide-columns(Visible(right)), 0) + gutter)}, plain, r.For)
	}
	p.section(strong, "To register it", "as an owner of "+v.Org)
	p.gap()
	p.emit([]span{space(2), plain.of("open " + v.Register)})
	p.gap()
	p.para(2, plain, "It is filled in; nothing is registered before Create GitHub App is pressed there. Then:")
	p.gap()
	for _, step := range v.steps() {
		p.bullet(step)
	}
	p.gap()
	p.para(2, plain, "docs/permissions.md says what each permission is for. The same as a manifest: --output json, or a page with its form: --html FILE.")
	return p.err
}

// steps are what is left to do once the app is there.
func (v AppManifest) steps() []string {
	section, on := "[[github.read]]", "on all repositories"
	switch v.Kind {
	case "write":
		section = "[github.write]"
	case "issues":
		section, on = "the channel of [notify] that keeps the issue", "on the one repository that the issue is in, and no other"
	}
	return []string{
		"Generate a private key; keep it readable by ajar alone",
		"Install App, " + on,
		"client_id and private_key_file go into " + section + "; ajar doctor looks at it",
	}
}

//go:embed web/appmanifest.tmpl
var appSource string

//go:embed web/appmanifest.css
var appStyle string

// appTemplate is the page with the form. Its policy lets the form go to GitHub and
// nothing else happen: no script, nothing from anywhere.
var appTemplate = template.Must(template.New("app").Parse(withStyle(appSource, appStyle)))

// HTML writes a page whose one button sends the manifest to GitHub, which asks
// again before it registers anything. Nothing is sent before the button is pressed.
func (v AppManifest) HTML(w io.Writer) error {
	text, err := compact(v.manifest())
	if err != nil {
		return err
	}
	scheme, rest, _ := strings.Cut(v.Post, "://")
	host, _, _ := strings.Cut(rest, "/")
	shown := slices.Clone(v.Permissions)
	for i, p := range shown {
		shown[i] = AppPermission{Visible(p.Name), Visible(p.Level), Visible(p.For)}
	}
	return appTemplate.ExecuteTemplate(w, "app", map[string]any{
		"Org": Visible(v.Org), "Description": Visible(v.Description), "Permissions": shown, "Post": v.Post, "Host": Visible(host), "Origin": Visible(scheme + "://" + host),
		"Manifest": string(text), "Redirect": Visible(v.Redirect), "Steps": v.steps()[1:],
	})
}
