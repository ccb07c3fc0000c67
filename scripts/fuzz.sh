#!/bin/sh
# Run each fuzz target of the module for a while; go test takes one at a time.
set -eu
time=${1:-3s}
grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do
	grep -h -o '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go | sed 's/^func //' | sort -u | while read -r target; do
		echo "fuzz $dir $target $time"
		go test "$dir" -run '^$' -fuzz "^$target\$" -fuzztime "$time" >/tmp/ajar-fuzz.$$ 2>&1 || { cat /tmp/ajar-fuzz.$$; rm -f /tmp/ajar-fuzz.$$; exit 1; }
		tail -n 1 /tmp/ajar-fuzz.$$
		rm -f /tmp/ajar-fuzz.$$
	done
done
