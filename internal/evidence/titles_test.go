package evidence

import (
	"strings"
	"testing"
)

// A title is sorted, filtered and printed apart from the others.
func TestTheTitleOfAFigureStandsAlone(t *testing.T) {
	for id, s := range statements {
		for _, topic := range append(s.topics, findingsOf([]string{"a"}), completeness) {
			for i := range topic.figures {
				if title := topic.title(i); title == "" || strings.Contains(title, strings.TrimSpace(ofThem)) {
					t.Errorf("%s: %q", id, title)
				}
			}
		}
	}
	if got := privilegedAccess.title(1); got != "Who can write to a repository or more at the end, counted for each repository: those who are its administrators" {
		t.Error(got)
	}
}
