#!/bin/sh
# Fetches what the dashboards are checked by, into .cache/npm (never committed):
# Grafana's published types (npm @grafana/schema) and the TypeScript compiler.
#
# Run it as often as you like. Without npm or network it says so and the test is
# skipped, except where CI=true: there missing types are a failure.
set -eu

cd "$(dirname "$0")/.."
cache=.cache/npm
mkdir -p "$cache"
tmp=$cache/.dashboard.$$
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

give_up() {
	if [ "${CI:-}" = true ]; then
		echo "dashboard-setup: $1" >&2
		exit 1
	fi
	echo "dashboard-setup: $1; the check against Grafana's types will be skipped" >&2
	exit 0
}

# fetch NAME VERSION SUM FOLDER: leaves the verified package unpacked in FOLDER.
fetch() {
	[ "$(cat "$cache/$4/.stamp" 2>/dev/null)" = "$3" ] && return
	command -v node >/dev/null && command -v npm >/dev/null || give_up "npm is not installed"
	rm -rf "$tmp"
	mkdir -p "$tmp"
	npm pack --loglevel=error --pack-destination "$tmp" "$1@$2" >"$tmp/name" 2>"$tmp/npm.log" ||
		give_up "npm could not fetch $1@$2 ($(sed -n "s/^npm error //p;1q" "$tmp/npm.log"))"
	tgz=$tmp/$(tail -n 1 "$tmp/name")
	got=$(node -e 'const h = require("crypto").createHash("sha512").update(require("fs").readFileSync(process.argv[1]))
		console.log("sha512-" + h.digest("base64"))' "$tgz")
	if [ "$got" != "$3" ]; then
		echo "dashboard-setup: $1@$2 is not the package we pinned (sha512 differs); nothing was kept" >&2
		exit 1
	fi
	tar -xzf "$tgz" -C "$tmp"
	echo "$3" >"$tmp/package/.stamp"
	rm -rf "${cache:?}/$4"
	mkdir -p "$(dirname "$cache/$4")"
	mv "$tmp/package" "$cache/$4"
}

# TypeScript finds the types by this path.
fetch @grafana/schema 13.2.3 \
	'sha512-rk8FEO7yuFfRTK/JD39747SZFQ+iCTQbpm6Mh2OjnqGx/g/uQQFx56t64eCLXWEyoR68ru4cigcGKrXk+ozrLg==' \
	dashboard/node_modules/@grafana/schema
fetch typescript 5.9.3 \
	'sha512-jl1vZzPDinLr9eUt3J/t7V6FgNEw9QjvBPdysz9KfQDD41fQrC2Y4vKQdiaUpFT4bXlb1RHhLpp8wtm6M5TgSw==' \
	dashboard/node_modules/typescript
