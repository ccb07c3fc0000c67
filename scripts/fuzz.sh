#!/bin/sh
# Run each fuzz target of the module for a while, one at a time. A package's tests are
# built once for all of its targets. Where the time runs out while an input is still on
# its way to a worker, the run ends with "context deadline exceeded" and has found
# nothing: then that target runs again.
set -eu
time=${1:-3s}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/log
corpus=$(go env GOCACHE)/fuzz
once() {
	(cd "$1" && "$work/test" -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "$time" -test.fuzzcachedir "$corpus/$3") >"$log" 2>&1
}
found_nothing() {
	grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input written' "$log"
}
grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do
	go test -c -fuzz=. -o "$work/test" "$dir"
	path=$(go list "$dir")
	grep -h -o '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go | sed 's/^func //' | sort -u | while read -r target; do
		echo "fuzz $dir $target $time"
		once "$dir" "$target" "$path" || { found_nothing && once "$dir" "$target" "$path"; } || { cat "$log"; exit 1; }
		grep "^fuzz: elapsed" "$log" | tail -n 1
	done
done
