#!/bin/sh
# Fetches what the contract tests judge ajar and its simulator by, into .cache/npm
# (never committed): GitHub's published API descriptions, and the schema of SARIF.
#
#   graphql-schema/schema.graphql   from npm @octokit/graphql-schema
#   ghec-subset.json                the part we speak to of npm @octokit/openapi
#   sarif-2.1.0.json                from npm @microsoft/jest-sarif
#
# Run it as often as you like; what is there and unaltered is kept. Without npm
# or network it says so and the contract tests are skipped, except where
# CI=true: there a missing description is a failure.
set -eu

openapi=23.0.2
openapi_sum='sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg=='
graphql=15.26.1
graphql_sum='sha512-RFDC2MpRBd4AxSRvUeBIVeBU7ojN/SxDfALUd7iVYOSeEK3gZaqR2MGOysj4Zh2xj2RY5fQAUT+Oqq7hWTraMA=='
sarif=1.0.0-beta.0
sarif_sum='sha512-A1fOhPd6Ic5iDk4F9YPw1qNB4XF+7+IviR7xl8r2F6QzQkx5cpY9LsGk2rExiFIEcBbjpVnSmwWGBukASkiQ9A=='

cd "$(dirname "$0")/.."
cache=.cache/npm
mkdir -p "$cache/graphql-schema"
tmp=$cache/.setup.$$
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

give_up() {
	if [ "${CI:-}" = true ]; then
		echo "contract-setup: $1" >&2
		exit 1
	fi
	echo "contract-setup: $1; contract tests will be skipped" >&2
	exit 0
}

# sum FILE: npm's integrity string of the file.
sum() {
	node -e 'const h = require("crypto").createHash("sha512").update(require("fs").readFileSync(process.argv[1]))
		console.log("sha512-" + h.digest("base64"))' "$1"
}

# fetch SCOPE PACKAGE VERSION SUM: leaves the verified archive in $cache and its path in $tgz.
fetch() {
	tgz=$cache/$1-$2-$3.tgz
	[ -f "$tgz" ] && [ "$(sum "$tgz")" = "$4" ] && return
	mkdir -p "$tmp"
	npm pack --loglevel=error --pack-destination "$tmp" "@$1/$2@$3" >/dev/null 2>"$tmp/npm.log" ||
		give_up "npm could not fetch @$1/$2@$3 ($(sed -n "s/^npm error //p;1q" "$tmp/npm.log"))"
	if [ "$(sum "$tmp/$1-$2-$3.tgz")" != "$4" ]; then
		echo "contract-setup: @$1/$2@$3 is not the package we pinned (sha512 differs); nothing was kept" >&2
		exit 1
	fi
	mv "$tmp/$1-$2-$3.tgz" "$tgz"
}

# The stamp names everything the results depend on, so that an unchanged set-up
# costs nothing and a changed one is redone.
stamp="$openapi_sum $graphql_sum $sarif_sum $(cksum <internal/contract/subset/main.go)"
if [ -f "$cache/ghec-subset.json" ] && [ -f "$cache/graphql-schema/schema.graphql" ] &&
	[ -f "$cache/sarif-2.1.0.json" ] && [ "$(cat "$cache/stamp" 2>/dev/null)" = "$stamp" ]; then
	exit 0
fi

command -v node >/dev/null && command -v npm >/dev/null || give_up "npm is not installed"
mkdir -p "$tmp"

fetch octokit graphql-schema "$graphql" "$graphql_sum"
tar -xzOf "$tgz" package/schema.graphql >"$tmp/schema.graphql"
mv "$tmp/schema.graphql" "$cache/graphql-schema/schema.graphql"

fetch microsoft jest-sarif "$sarif" "$sarif_sum"
tar -xzOf "$tgz" package/lib/schemas/sarif-2.1.0-rtm.5.json >"$tmp/sarif.json"
mv "$tmp/sarif.json" "$cache/sarif-2.1.0.json"

# One file of 14 MB out of 400: the archive is never unpacked as a whole.
fetch octokit openapi "$openapi" "$openapi_sum"
tar -xzOf "$tgz" package/generated/ghec.json >"$tmp/ghec.json"
go run ./internal/contract/subset "$tmp/ghec.json" "$cache/ghec-subset.json"

echo "$stamp" >"$cache/stamp"
