package report

import (
	"encoding/json"
	"time"
)

const exampleKey = "ajar-journal/0123456789abcdef0123456789abcdef+5f0c1d2e+AbCdEfGhIjKlMnOpQrStUvWxYz0123456789+/AbCdEf="

const exampleMinisign = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"

func exampleJournal() Journal {
	return Journal{Path: "/var/lib/ajar/ajar.db", Entries: 1204, Rows: []JournalRow{
		{What: "run", Seq: 1100, At: taken, Org: "acme", Run: "20260312-0f3a", Plan: "91c2b3a4d5e6f708", Who: "alice (1)", Ended: taken.Add(time.Minute),
			States: []JournalState{{"verified", 12}, {"skipped", 1}}},
		{What: "plan-approved", Seq: 1099, At: ago(1), Org: "acme", Plan: "91c2b3a4d5e6f708", Who: "bob (2)"},
		{What: "rollback-accepted", Seq: 900, At: ago(3), Details: []string{"reason: a disk failed"}},
		{What: "run", Seq: 800, At: ago(4), Org: "acme", Run: "20260308-77b1", Who: "alice (1)", States: []JournalState{{"in-doubt", 1}}},
	}}
}

func exampleEntries() JournalEntries {
	entry := func(seq int64, kind, body string) JournalEntry {
		e := JournalEntry{
			Seq: seq, At: taken.Add(time.Duration(seq) * time.Millisecond), Epoch: 3, Org: "acme", OrgID: 77, Kind: kind, Run: "20260312-0f3a", Action: "a1b2", Who: "alice (1)",
			Digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Leaf: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
		}
		if body != "" {
			e.Body = json.RawMessage(body)
		}
		return e
	}
	return JournalEntries{Title: "Run 20260312-0f3a", Entries: []JournalEntry{
		entry(1100, "run-begun", `{"plan":"91c2b3a4d5e6f708","by":{"id":1,"login":"alice"},"approvals":[{"login":"bob"}],"actions":2,"auto":false}`),
		entry(1101, "intended", `{"place":1,"title":"Lower carol on acme/api","change":{"thing":"direct-grant","organization":{"id":77,"name":"acme"},`+
			`"before":{"there":true,"role":"admin"},"after":{"there":true,"role":"write"}},"inverse":"give admin back","irreversible":["the time as admin"]}`),
		entry(1102, "sent", `{"step":{"method":"PUT","path":"/repos/acme/api/collaborators/carol","body":{"permission":"push"}},"live":{"there":true,"role":"admin"}}`),
		entry(1103, "answered", `{"status":204,"at":"2026-03-12T00:00:01Z"}`),
		entry(1104, "verified", `{"how":"carried-out","state":{"there":true,"role":"write"}}`),
		entry(1105, "intended", `{"change":{"thing":"environment-protection","organization":{"id":77},"before":{"there":false},"after":{"there":true,"gate":`+
			`{"reviewers":[{"kind":"team","id":4,"name":"sre"}],"wait_timer":5,"prevent_self_review":true,"admin_bypass":false,"branches":"selected","patterns":[{"name":"main","type":"branch"}]}}}}`),
		entry(1106, "failed", `{"why":"GitHub said \u001b[31mno\u001b[0m","status":422}`),
		entry(1107, "in-doubt", ""),
	}}
}

func exampleJournalCheck() JournalCheck {
	return JournalCheck{
		Path: "journal-2026.jsonl", Sound: true, Entries: 1204, Head: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", First: ago(30), Last: taken,
		Checkpoints: 31, Copies: 30, Keys: exampleKeys(), Redacted: []int64{17},
		Proven:   []string{"none of the 1204 entries was changed, removed, inserted or moved since it was signed"},
		Unproven: []string{"what was never copied out: whoever holds both the store and the signing key can rewrite what no copy of a checkpoint covers"},
	}
}

func exampleJournalWrong() JournalCheck {
	v := exampleJournalCheck()
	v.Sound, v.Proven, v.More, v.Later = false, nil, 3, 4
	v.Problems = []JournalProblem{{117, "entry 117 is not what was written"}, {256, "the checkpoint of 256 entries: something among entries 1 to 256 is not what was signed"}}
	return v
}

func exampleKeys() []JournalKey {
	return []JournalKey{
		{Key: exampleKey, Minisign: exampleMinisign, From: 1, At: ago(30), Vouched: true, Trusted: true},
		{Key: exampleKey, Minisign: exampleMinisign, From: 901, At: ago(3), InForce: true},
	}
}
