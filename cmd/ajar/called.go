package main

import (
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// called has every text of help name the program as people type it: installed as an
// extension of gh it is "gh ajar". Only a word behind which a command follows is a
// call of the program; "ajar asks GitHub" stays as it is.
func called(root *cobra.Command, program string) {
	if program == "" || program == root.Name() {
		return
	}
	root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: program}
	var names []string
	for _, c := range root.Commands() {
		names = append(names, regexp.QuoteMeta(c.Name()))
	}
	call := regexp.MustCompile(`(^|[^\w./-])` + regexp.QuoteMeta(root.Name()) + ` (` + strings.Join(names, "|") + `)\b`)
	each(root, func(c *cobra.Command) {
		for _, text := range []*string{&c.Long, &c.Short, &c.Example} {
			*text = call.ReplaceAllString(*text, "${1}"+program+" ${2}")
		}
	})
}
