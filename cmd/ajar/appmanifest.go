package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/remediate/act"
)

// home is the page of the project, which GitHub shows with the app.
const home = "https://github.com/eb661601/ajar"

// nobody is where GitHub sends the browser once an app was made from a manifest. No
// server is needed for that: what is wanted of it stands in the address bar. The
// port is one that nobody but root could listen on, and that browsers do not block.
const nobody = "http://127.0.0.1:4/"

// longestName of a GitHub App (GitHub Docs: "Registering a GitHub App": 34
// characters).
const longestName = 34

func newApp(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "app",
		Short:   "Prepare the GitHub Apps that ajar reads and writes as",
		Example: "  ajar app manifest --org acme\n  ajar app manifest --write --org acme",
		Args:    onlyCommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAppManifest(a))
	return cmd
}

func newAppManifest(a *app) *cobra.Command {
	var read, write, issues bool
	var name, page string
	cmd := &cobra.Command{
		Use:   "manifest [--read | --write | --issues]",
		Short: "Say which permissions a GitHub App needs, and prepare its registration",
		Long: `Show the GitHub App that reads, the one that writes, or the one that keeps an issue
up to date: exactly the permissions that each needs, what each is for, and an address
at which an owner registers it, filled in already. --output json has the manifest of
GitHub's manifest flow. Nothing is sent to anybody and no server is started: a browser
does the rest.

Reading and writing are two apps with two keys. Each belongs to the organization, has
no webhook, and can be installed there alone.`,
		Example: `  ajar app manifest --org acme                       # the one that reads
  ajar app manifest --write --org acme
  ajar app manifest --org acme --html register.html  # a page with the form of the manifest
  ajar app manifest --org acme -o json | jq .manifest`,
		Args: exactly(),
		RunE: func(*cobra.Command, []string) error {
			c, err := a.config()
			if err != nil {
				return err
			}
			kind := "read"
			switch {
			case write:
				kind = "write"
			case issues:
				kind = "issues"
			}
			v, err := a.appManifest(c, kind, name)
			if err != nil {
				return err
			}
			if page == "" {
				return a.show(v)
			}
			var b bytes.Buffer
			if err := v.HTML(&b); err != nil {
				return err
			}
			if err := writeFile(page, b.Bytes(), true); err != nil {
				return err
			}
			a.remark("%s is written: open it in a browser that is signed in as an owner of %s", page, v.Org)
			return nil
		},
	}
	cmd.Flags().BoolVar(&read, "read", false, "the app that reads (what is shown unless another is asked for)")
	cmd.Flags().BoolVar(&write, "write", false, "the app that makes changes, for [github.write]")
	cmd.Flags().BoolVar(&issues, "issues", false, "the app that keeps an issue up to date, for a channel of [notify]")
	apart(cmd, "each of them is an app of its own: ask for one after the other", "read", "write", "issues")
	cmd.Flags().StringVar(&name, "name", "", "`NAME` of the app; it is unique on GitHub, and can be changed there")
	cmd.Flags().StringVar(&page, "html", "", "write a page to `FILE` whose button sends the manifest to GitHub")
	return cmd
}

// appManifest is the app of a kind for the one organization that is meant.
func (a *app) appManifest(c *config.Config, kind, name string) (report.AppManifest, error) {
	orgs, err := organizations(c)
	if err != nil {
		return report.AppManifest{}, err
	}
	if len(orgs) > 1 {
		return report.AppManifest{}, withHint(usage("an app belongs to one organization; here are %s", strings.Join(orgs, ", ")), "add --org %s", orgs[0])
	}
	org := orgs[0]
	if err := a.addressed(); err != nil {
		return report.AppManifest{}, err
	}
	base, err := webAddress(c.GitHub.APIURL)
	if err != nil {
		return report.AppManifest{}, err
	}
	v := report.AppManifest{
		Kind: kind, Org: org, URL: home, Redirect: nobody, Name: cmp.Or(name, appName(kind, org)),
		Permissions: appPermissions(kind), Post: base + "/organizations/" + url.PathEscape(org) + "/settings/apps/new",
		Description: map[string]string{
			"read":   "ajar reads as it who can do what. It changes nothing.",
			"write":  "ajar makes approved changes of access as it. Its key can do great harm: keep it better than any other.",
			"issues": "ajar keeps one issue up to date as it. Install it on that repository alone.",
		}[kind],
	}
	if n := len([]rune(v.Name)); n > longestName {
		return v, withHint(usage("the name %q has %d characters, GitHub takes %d", v.Name, n, longestName), "give a shorter one with --name")
	}
	// GitHub Docs: "Registering a GitHub App using URL parameters".
	q := url.Values{"name": {v.Name}, "url": {v.URL}, "description": {v.Description}, "public": {"false"}, "webhook_active": {"false"}}
	for _, p := range v.Permissions {
		q.Set(p.Name, p.Level)
	}
	v.Register = v.Post + "?" + q.Encode()
	return v, nil
}

// appName is a name that fits, whatever the organization's login is.
func appName(kind, org string) string {
	name := "ajar " + kind + " " + org
	return strings.TrimRight(name[:min(len(name), longestName)], "-")
}

// appPermissions are what an app of a kind needs, out of the tables that its tokens
// are asked for by.
func appPermissions(kind string) []report.AppPermission {
	var out []report.AppPermission
	switch kind {
	case "read":
		for _, p := range collector.Permissions() {
			var what []string
			for _, area := range p.Areas {
				what = append(what, string(area))
			}
			if p.Also != "" {
				what = append(what, p.Also)
			}
			out = append(out, report.AppPermission{Name: p.Name, Level: "read", For: strings.Join(what, ", ")})
		}
	case "write":
		for _, name := range slices.Sorted(maps.Keys(github.WritePermissions)) {
			level := github.WritePermissions[name]
			var what []string
			for _, n := range act.Needs() {
				if slices.ContainsFunc(n.Permissions, func(p string) bool { return strings.HasPrefix(p, name+":") }) {
					what = append(what, string(n.Thing))
				}
			}
			out = append(out, report.AppPermission{Name: name, Level: level, For: cmp.Or(strings.Join(what, ", "), "every app has it")})
		}
	case "issues":
		what := map[string]string{"issues": "to write the issue", "metadata": "every app has it"}
		for _, name := range slices.Sorted(maps.Keys(github.IssuePermissions)) {
			out = append(out, report.AppPermission{Name: name, Level: github.IssuePermissions[name], For: what[name]})
		}
	}
	return out
}

// webAddress is where people sign in to the server of an API: github.com, a server's
// own root, or the address of a subdomain with data residency.
func webAddress(api string) (string, error) {
	u, err := url.Parse(api)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("reading the address of GitHub's API %q: it is no address", api)
	}
	if rest, ok := strings.CutPrefix(u.Host, "api."); ok && (rest == "github.com" || strings.HasSuffix(rest, ".ghe.com")) {
		return "https://" + rest, nil
	}
	return u.Scheme + "://" + u.Host, nil
}
