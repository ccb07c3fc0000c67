package main

import (
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/eb661601/ajar/internal/github"
)

// nothingIsEmpty refuses a word or the value of a flag that is empty. A script whose
// variable is not set means something else than the command without that flag, and
// must not get it: --at "$DAY" would ask GitHub about now.
func nothingIsEmpty(cmd *cobra.Command, args []string) error {
	if cmd.DisableFlagParsing { // the command that the shell calls to complete an empty word
		return nil
	}
	var err error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if err == nil && isEmpty(f.Value) {
			err = withHint(usage("--%s is empty", f.Name), "give it a value, or leave --%s out; a variable that is not set is empty", f.Name)
		}
	})
	for i, word := range args {
		if err == nil && strings.TrimSpace(word) == "" {
			err = withHint(usage("%s: word %d of what it is about is empty", cmd.CommandPath(), i+1), "%s; a variable that is not set is empty", cmd.UseLine())
		}
	}
	return err
}

func isEmpty(v pflag.Value) bool {
	if list, ok := v.(pflag.SliceValue); ok {
		all := list.GetSlice()
		return len(all) == 0 || slices.ContainsFunc(all, func(s string) bool { return strings.TrimSpace(s) == "" })
	}
	return v.Type() == "string" && strings.TrimSpace(v.String()) == ""
}

// apartKey begins the annotations of a command that name flags of which one at most
// may be set; their values say why.
const apartKey = "ajar_apart "

// apart says that of these flags one at most may be set, and why: cobra has no reason,
// and no hint.
func apart(cmd *cobra.Command, why string, names ...string) {
	cmd.MarkFlagsMutuallyExclusive(names...) // the shell does not complete the others then
	annotate(cmd, apartKey+strings.Join(names, " "), why)
}

// keptApart refuses flags that do not go together.
func keptApart(cmd *cobra.Command) error {
	var groups []string
	for key := range cmd.Annotations {
		if names, ok := strings.CutPrefix(key, apartKey); ok {
			groups = append(groups, names)
		}
	}
	slices.Sort(groups)
	for _, names := range groups {
		var set []string
		for name := range strings.FieldsSeq(names) {
			if cmd.Flags().Changed(name) {
				set = append(set, "--"+name)
			}
		}
		if len(set) > 1 {
			return withHint(usage("%s do not go together", strings.Join(set, " and ")), "%s", cmd.Annotations[apartKey+names])
		}
	}
	return nil
}

// addressed refuses what --api-url cannot take before anybody is asked. An address
// may hold a password, so it is not repeated unless it is a host alone.
func (a *app) addressed() error {
	text := a.flags.apiURL
	_, _, err := github.URLs(text)
	if text == "" || err == nil {
		return nil
	}
	hint := "write https://api.github.com, or https://HOST/api/v3"
	if u, bad := url.Parse("//" + text); bad == nil && u.Host != "" && u.User == nil && !strings.Contains(text, "//") {
		hint = "write the scheme before it: https://" + text
		if _, _, err := github.URLs("http://" + text); err == nil { // a loopback address
			hint = "write the scheme before it: http://" + text
		}
	}
	return withHint(usage("--api-url: %w", err), "%s", hint)
}
