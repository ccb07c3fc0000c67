package report

import "strings"

// StyledPage puts the style of the reports, and more of it after that, into the source of
// a page's template: in the place of STYLESHEET, and its hash for the page's policy in the
// place of STYLEHASH.
func StyledPage(source, more string) string {
	return withStyle(source, strings.TrimSpace(pageStyle)+"\n"+more)
}

// Number writes n for people, with a comma at the thousands.
func Number(n int64) string { return number(n) }

// Count writes a number for people with the right form of its noun.
func Count(n int64, one, many string) string { return count(n, one, many) }
