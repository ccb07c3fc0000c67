#!/bin/sh
# Fetches playwright-core, with which a test looks at the HTML page in a real
# browser, into .cache/npm/playwright-core (never committed). The browser itself is
# the system's: Debian's package chromium, for instance.
#
# Run it as often as you like. Without npm or network it says so and the test is
# skipped, except where CI=true: there a missing browser is a failure.
set -eu

version=1.65.1
want='sha512-hqPpz7blSMPxWVdoeE1yiBSzXsKiVOd2k+kjCvmUywD2GPO2Dd9HfcWnq9NN0GHbNZDFgZ9JfBFr+X5/BLo0qw=='

cd "$(dirname "$0")/.."
cache=.cache/npm
[ "$(cat "$cache/playwright-core/.stamp" 2>/dev/null)" = "$want" ] && exit 0

give_up() {
	if [ "${CI:-}" = true ]; then
		echo "browser-setup: $1" >&2
		exit 1
	fi
	echo "browser-setup: $1; the browser test will be skipped" >&2
	exit 0
}

mkdir -p "$cache"
tmp=$cache/.browser.$$
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$tmp"

command -v node >/dev/null && command -v npm >/dev/null || give_up "npm is not installed"
npm pack --loglevel=error --pack-destination "$tmp" "playwright-core@$version" >/dev/null 2>"$tmp/npm.log" ||
	give_up "npm could not fetch playwright-core@$version ($(sed -n "s/^npm error //p;1q" "$tmp/npm.log"))"
got=$(node -e 'const h = require("crypto").createHash("sha512").update(require("fs").readFileSync(process.argv[1]))
	console.log("sha512-" + h.digest("base64"))' "$tmp/playwright-core-$version.tgz")
if [ "$got" != "$want" ]; then
	echo "browser-setup: playwright-core@$version is not the package we pinned (sha512 differs); nothing was kept" >&2
	exit 1
fi
tar -xzf "$tmp/playwright-core-$version.tgz" -C "$tmp"
echo "$want" >"$tmp/package/.stamp"
rm -rf "$cache/playwright-core"
mv "$tmp/package" "$cache/playwright-core"
