package config

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/config.md anew")

const docsPath = "../../docs/config.md"

const docsHead = `<!-- Made from the table in internal/config/keys.go by: make golden -->

# config.toml

The [config.toml](../config.toml) of the repository shows every key with its
default and works as it stands. This page says the same as a table.

- **Where it is looked for:** ` + "`--config FILE`, `$AJAR_CONFIG`, `./config.toml`,\n  `$XDG_CONFIG_HOME/ajar/config.toml` (`~/.config/ajar/config.toml`), `/etc/ajar/config.toml`" + `.
  Without one, a token and ` + "`--org`" + ` are enough for every command that reads.
- **What wins:** flags, then the file, then the defaults.
- **Paths** are relative to the file. **Lengths of time** are written ` + "`90d`, `24h`, `30m`" + `.
- **Mistakes** are errors, all of them at once, each with file, line, column and a
  suggestion. An unknown key is a mistake. ` + "`ajar config check`" + ` looks for them
  without touching the network.
- **Secrets never stand in the file.** ` + "`token_env` and `private_key_env` name a variable, `token_file`\n  and `private_key_file`" + ` a file that others can neither read nor change. For all, a file of the same
  (base) name in ` + "`$CREDENTIALS_DIRECTORY`" + `, which systemd's ` + "`LoadCredential=`" + `
  fills, is looked up first.
- **Several credentials to read with:** each kind of data is read by the first
  that may see it. See [permissions](permissions.md).
- **The token without a file:** ` + "`AJAR_GITHUB_TOKEN`, else `GH_TOKEN`, else `GITHUB_TOKEN`" + `,
  or ` + "`--auth gh`, which asks `gh auth token`" + `.

`

func document() string {
	var b strings.Builder
	b.WriteString(docsHead)
	table := ""
	for _, k := range keys {
		if section := sectionOf(k.Name); section != table {
			table = section
			fmt.Fprintf(&b, "## %s\n\n| key | type | default | meaning |\n|---|---|---|---|\n", table)
		}
		name := strings.TrimPrefix(strings.TrimPrefix(k.Name, strings.Trim(table, "[]")), "[].")
		meaning := strings.ReplaceAll(k.Doc, "|", `\|`)
		if k.waits != "" {
			meaning += fmt.Sprintf(" *Checked, and not used: this version has no %s yet.*", k.waits)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", strings.TrimPrefix(name, "."), k.Kind, code(k.Default), meaning)
		if last(k) {
			b.WriteByte('\n')
		}
	}
	b.WriteString("## What this version refuses\n\nKeys of later versions are errors and not ignored:\n\n")
	for _, name := range []string{"github.enterprise"} {
		fmt.Fprintf(&b, "- `%s`: %s; %s.\n", strings.ReplaceAll(name, "[]", ""), refused[name][0], refused[name][1])
	}
	return b.String()
}

func sectionOf(name string) string {
	if strings.HasPrefix(name, "github.read[].") {
		return "[[github.read]]"
	}
	if strings.HasPrefix(name, "github.write.") {
		return "[github.write]"
	}
	for _, table := range []string{"notify.channel[]", "notify.route[]"} {
		if strings.HasPrefix(name, table+".") {
			return "[[" + strings.TrimSuffix(table, "[]") + "]]"
		}
	}
	top, _, _ := strings.Cut(name, ".")
	return "[" + top + "]"
}

func last(k key) bool {
	for i := range keys {
		if keys[i].Name == k.Name {
			return i == len(keys)-1 || sectionOf(keys[i+1].Name) != sectionOf(k.Name)
		}
	}
	return true
}

func code(s string) string {
	if s == "" || strings.Contains(s, "`") {
		return s
	}
	return "`" + s + "`"
}

func TestReferencePageIsMadeFromTheTable(t *testing.T) {
	want := document()
	if *update {
		if err := os.WriteFile(docsPath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(docsPath)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/config.md is not what the table of keys says; write it anew with: make golden")
	}
}

func TestEveryRefusedKeyIsDocumented(t *testing.T) {
	text := document()
	for name := range refused {
		if !strings.Contains(text, strings.ReplaceAll(name, "[]", "")) {
			t.Errorf("%s is refused and not documented", name)
		}
	}
}
