package report

func examplePackCheck() PackCheck {
	return PackCheck{
		Path: "acme-2026-q1.zip", Sound: true, Pack: "9f86d081884c7d659a2feaa0c55ad015", Framework: "soc2", From: ago(90), To: taken, Orgs: []string{"acme"},
		Program: "ajar 0.6.0", Files: 52, Bytes: 1 << 20, Rows: 12040, Samples: 2, Numbers: 214, Made: []string{"report.html"}, Key: exampleKey, Minisign: exampleMinisign, Trusted: true,
		Stamp:    &PackStamp{At: taken, By: "CN=Stamps \x1b[2J", Trusted: true},
		Gaps:     []PackGap{{Org: "acme", Area: "members", Reason: "GitHub was down", Snapshots: 3}, {Org: "acme", Scope: "repo:acme/api", Reason: "\x1b[31mno\x1b[0m"}},
		Proven:   []string{"all 52 files are as the holder of the key that you trust made them: none was changed, removed, added or moved"},
		Unproven: []string{"what was not seen: the pack is INCOMPLETE and lists 2 gaps"},
	}
}

func examplePackWrong() PackCheck {
	v := examplePackCheck()
	v.Sound, v.Proven, v.More, v.Key, v.Trusted = false, nil, 3, "", false
	v.Problems = []PackProblem{{"tables/owners.csv", "it was changed: its hash is not the one of the manifest"}, {"../\x1b[2J", "its name could lead out of the folder"}, {"", "the pack is signed by a key that you do not trust"}}
	return v
}

func examplePackWork() PackWork {
	c := examplePackCheck()
	return PackWork{
		Path: "/var/lib/ajar/ajar.db", File: "acme-2026-q1.zip", Pack: c.Pack, Framework: c.Framework, From: c.From, To: c.To, Orgs: c.Orgs, Gaps: c.Gaps,
		Tables: []PackTable{{"owners", 40, 5}, {"population-start", 12000, 25}, {"waivers", 0, 0}}, Key: c.Key, Minisign: c.Minisign, Stamp: &PackStamp{File: "acme-2026-q1.zip.tsr", At: taken, By: "CN=Stamps"},
	}
}
