package report

import (
	"time"

	"github.com/eb661601/ajar/access"
)

func exampleCarried() Carried {
	repo := access.Named{Ref: access.Ref{Kind: access.Repo, ID: 3}, Name: "repo:acme/api"}
	return Carried{
		Org: "acme", Run: "run-91c2b3a4d5e6f708", Plan: "91c2b3a4d5e6f708", By: "user:erin (number 5)", BegunAt: taken, EndedAt: taken.Add(time.Minute), How: "done", Code: 2,
		Actions: []CarriedAction{
			{ID: "a1", Kind: "lower-direct-grant", Title: "lower user:carol on repo:acme/api from admin to write", Principal: user(7, "carol"), Resource: repo, State: "verified", How: "carried-out", Sent: 1},
			{ID: "a2", Kind: "remove-direct-grant", Title: "take write on repo:acme/api from user:bob", Principal: user(8, "bob"), Resource: repo, State: "verified", How: "already-done",
				Stays: []string{"issues assigned to the person"}},
			{ID: "a3", Kind: "lower-direct-grant", Title: "lower user:mallory\x1b[2J on repo:acme/api from admin to write", Principal: user(9, "mallory\x1b[2J"), Resource: repo, State: "skipped", How: "changed",
				Why: "it is not as it was when the plan was made"},
		},
	}
}

func stoppedRun() Carried {
	v := exampleCarried()
	v.Run, v.Restores, v.How, v.Code, v.EndedAt = "restore-2b3a4d5e6f708191", "run-91c2b3a4d5e6f708", "open", 1, time.Time{}
	v.Actions[0].State, v.Actions[0].How, v.Actions[0].Why = "answered", "", "GitHub accepted it and does not show it after 1m0s"
	v.Actions[1].State, v.Actions[1].How, v.Actions[1].Why = "failed", "", "GitHub refused (422): no"
	v.Actions[2].State, v.Actions[2].How, v.Actions[2].Why = "not-tried", "", "the run stopped before its turn"
	return v
}

func examplePutBack() PutBack {
	return PutBack{Org: "acme", Run: "run-91c2b3a4d5e6f708", Hash: "2b3a4d5e6f708191", Code: 2,
		Actions: []PutBackAction{
			{ID: "b1", Title: "undo: take write on repo:acme/api from user:bob", Above: true},
			{ID: "b2", Title: "undo: lower user:carol on repo:acme/api from admin to write"},
		},
		Cannot: []PutBackCannot{{Title: "take write on repo:acme/api from user:bob", What: []string{"issues assigned to the person", "stars, and access to packages of the repository"}}},
	}
}
