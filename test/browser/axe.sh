#!/usr/bin/env bash
# Puts axe-core, the accessibility checker, where the browser tests look for it.
# The product does not use it: it is fetched for tests only, by name and digest.
set -euo pipefail
version=4.14.1
digest=1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5
into=${XDG_CACHE_HOME:-$HOME/.cache}/wardfold/axe-core-$version
if [ -f "$into/axe.min.js" ]; then exit 0; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "axe-core@$version" >/dev/null)
echo "$digest  $work/axe-core-$version.tgz" | sha512sum --check --quiet
tar -xzf "$work/axe-core-$version.tgz" -C "$work"
mkdir -p "$into"
mv "$work/package/axe.min.js" "$into/axe.min.js"
