// Package schemas holds the JSON schemas that go into every evidence pack.
package schemas

import "embed"

// Files are the schemas of what a pack holds.
//
//go:embed ajar.pack.v1.json ajar.evidence-table.v1.json ajar.journal-part.v1.json ajar.journal-proof.v1.json
var Files embed.FS

// OfPacks are their names, in the order in which a pack has them.
var OfPacks = []string{"ajar.evidence-table.v1.json", "ajar.journal-part.v1.json", "ajar.journal-proof.v1.json", "ajar.pack.v1.json"}
