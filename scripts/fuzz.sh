#!/bin/sh
# Run each fuzz target of the module for a while; go test takes one at a time. Where
# the time runs out while an input is still on its way to a worker, go test ends with
# "context deadline exceeded" and has found nothing: then that target runs again.
set -eu
time=${1:-3s}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
once() {
	go test "$1" -run '^$' -fuzz "^$2\$" -fuzztime "$time" >"$log" 2>&1
}
found_nothing() {
	grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input written' "$log"
}
grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do
	grep -h -o '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go | sed 's/^func //' | sort -u | while read -r target; do
		echo "fuzz $dir $target $time"
		once "$dir" "$target" || { found_nothing && once "$dir" "$target"; } || { cat "$log"; exit 1; }
		tail -n 1 "$log"
	done
done
