package report

// MarkdownText writes a text in GitHub's Markdown so that nothing in it acts: known are
// names that may stand in it. What is told elsewhere than in a report is written by it.
func MarkdownText(text string, known ...string) string { return mdText(text, known...) }

// MarkdownCode writes a text as a code span of GitHub's Markdown.
func MarkdownCode(text string) string { return mdCode(text) }
