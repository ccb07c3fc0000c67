package report

import "github.com/eb661601/ajar/access"

func exampleDoctor() Doctor {
	return Doctor{Requests: 21, Blind: true, Checks: []DoctorCheck{
		{About: "configuration", Name: "/etc/ajar/config.toml", Mark: "ok", Found: "in order"},
		{About: "host", Name: "ghes.example.com", Mark: "ok", Found: "GitHub Enterprise Server 3.17.2 answers in 41 ms, through the proxy proxy.example.com:3128"},
		{About: "certificate", Name: "ghes.example.com", Mark: "warning", Found: "issued by Example CA, good until 2026-03-20 00:00 UTC (5 days)", Do: "have it renewed"},
		{About: "clock", Mark: "ok", Found: "agrees with GitHub's to 1 second"},
		{About: "credential", Name: "audit", Mark: "ok", Found: "GitHub App audit (number 4711), installed on all repositories of acme-robotics; its tokens live for an hour and are renewed"},
		{About: "credential", Name: "audit", Mark: "warning", Found: "whoever gets hold of it can write: administration:write (ajar itself sends nothing but reads)", Do: `take these permissions from the app; or accept it: [github] accept_write = ["administration:write"]`},
		{About: "organization", Name: "acme-robotics", Mark: "ok", Found: "organization 900, read as an app, who is shown 25 repositories; plan enterprise"},
		{About: "data", Name: "acme-robotics", Mark: "warning", Found: "two-factor: not to be seen (GitHub tells the second factor of members to organization owners alone)", Do: "what would help: an organization owner's token with admin:org", Blinds: []access.Area{access.AreaTwoFactor}},
		{About: "budget", Name: "acme-robotics", Mark: "ok", Found: "an audit takes about 11 points and 76 REST calls, which fits: 4997 of 5000 points and 4986 of 5000 REST calls are left"},
		{About: "store", Name: "/var/lib/ajar/ajar.db", Mark: "note", Found: "another ajar is writing to it (pid 4711); an audit has to wait until that has finished"},
		{About: "baseline", Name: "baseline.toml:31", Mark: "unchecked", Found: "whether its names are there was not looked at: no snapshot is stored"},
		{About: "baseline", Name: "evil\x1b[2J\u202e.toml", Mark: "failed", Found: "\u202ethere is no role \"x\"", Do: "did you mean \"y\"?"},
	}}
}
