#!/bin/sh
# govulncheck needs its database; where that cannot be reached, say so and pass.
set -u
out=$(go tool -modfile=tools/go.mod govulncheck ./... 2>&1)
code=$?
case "$out" in
*"fetching vulnerabilities"* | *"dial tcp"* | *"no such host"* | *"connection refused"* | *"Forbidden"*)
	echo "vuln: skipped, the vulnerability database cannot be reached from here"
	exit 0
	;;
esac
printf '%s\n' "$out"
exit "$code"
