#!/bin/sh
# Builds a release into dist/: archives for each platform, the manual pages and
# completions in them, SHA256SUMS, and a CycloneDX SBOM for each binary. With the
# word "image" it stages what deploy/container/Dockerfile copies, with "check" it
# builds the binaries a second time, with an empty build cache, and compares.
#
# What it makes follows from the commit alone: no time, no path, no order of the
# machine is in it (SOURCE_DATE_EPOCH is the time of the commit).
set -eu
cd "$(dirname "$0")/.."
export CGO_ENABLED=0 LC_ALL=C TZ=UTC
unset GOFLAGS
umask 022
dist=dist
targets=${TARGETS:-linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64}
version=${VERSION:-$(git describe --tags --always --dirty --match 'v[0-9]*')}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

build() { # OS ARCH FILE
	GOOS=$1 GOARCH=$2 go build -trimpath -ldflags='-s -w -buildid=' -o "$3" ./cmd/ajar
}

name() { # OS ARCH: what a binary is called, as gh wants the assets of an extension
	case $1 in windows) echo "$1-$2.exe" ;; *) echo "$1-$2" ;; esac
}

stage() {
	for arch in ${ARCHES:-amd64 arm64}; do
		root=$dist/image/$arch/root
		state=$dist/image/$arch/state/ajar
		rm -rf "$dist/image/$arch"
		mkdir -p "$root/etc/ssl/certs" "$root/var/lib" "$state"
		build linux "$arch" "$root/ajar"
		(cd tools && go run ./cabundle) >"$root/etc/ssl/certs/ca-certificates.crt"
		echo 'ajar:x:65532:65532:ajar:/var/lib/ajar:/sbin/nologin' >"$root/etc/passwd"
		echo 'ajar:x:65532:' >"$root/etc/group"
		chmod 555 "$root/ajar"
		chmod 700 "$state"
	done
}

archive() { # FOLDER FILE.tar.gz: the same bytes each time
	tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=ustar -C "$1" -cf - . | gzip -9n >"$2"
}

release() {
	rm -rf "$dist/release" "$dist/bin"
	mkdir -p "$dist/release" "$dist/bin"
	go build -trimpath -o "$dist/bin/ajar-here" ./cmd/ajar
	for t in $targets; do
		os=${t%/*} arch=${t#*/}
		file=$dist/release/$(name "$os" "$arch")
		echo "release: $t"
		build "$os" "$arch" "$file"
		pack=$dist/bin/$os-$arch
		mkdir -p "$pack/man" "$pack/completions"
		cp "$file" "$pack/ajar$(case $os in windows) echo .exe ;; esac)"
		cp -R LICENSE NOTICE README.md config.toml deploy "$pack/"
		"$dist/bin/ajar-here" man --out "$pack/man"
		for shell in bash zsh fish powershell; do
			"$dist/bin/ajar-here" completion $shell >"$pack/completions/ajar.$shell"
		done
		archive "$pack" "$dist/release/ajar_${version}_${os}_$arch.tar.gz"
		sbom "$file"
	done
	(cd "$dist/release" && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .)
	if [ -n "${SIGN:-}" ]; then
		# A command that signs the file that it is given, as "minisign -S -m" or
		# "cosign sign-blob --yes --output-signature SHA256SUMS.sig".
		(cd "$dist/release" && $SIGN SHA256SUMS)
	fi
}

sbom() { # BINARY: what is in it, read back out of it
	[ "${SBOM:-yes}" = yes ] || return 0
	tool=$dist/bin/cyclonedx-gomod
	[ -x "$tool" ] || (cd tools && go build -o "../$tool" github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod)
	"$tool" bin -json -noserial -notimestamp -output-version 1.6 -output "$1.cdx.json" "$1" 2>"$dist/bin/sbom.log" || {
		cat "$dist/bin/sbom.log" >&2
		exit 1
	}
}

check() {
	mkdir -p "$dist/check"
	GOCACHE=$(mktemp -d)
	export GOCACHE
	trap 'rm -rf "$GOCACHE"' EXIT
	for t in $targets; do
		os=${t%/*} arch=${t#*/}
		build "$os" "$arch" "$dist/check/$(name "$os" "$arch")"
		cmp "$dist/check/$(name "$os" "$arch")" "$dist/release/$(name "$os" "$arch")"
		echo "check: $t is the same, byte for byte"
	done
}

case ${1:-release} in
release | stage | check) "${1:-release}" ;;
image) stage ;;
*)
	echo "usage: scripts/release.sh [release | image | check]" >&2
	exit 1
	;;
esac
