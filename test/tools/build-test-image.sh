#!/usr/bin/env bash
# Builds the Dockerfile without a daemon and without a registry of images, on a machine that has Debian's buildah and
# debootstrap: `test/tools/build-test-image.sh FOLDER [docker-build arguments…]`, as root. The base is a plain Debian with
# the node of this machine. Everything that is made lies in FOLDER; the image is `hearken:test` in the storage there:
#
#   buildah --root FOLDER/storage --runroot FOLDER/run --storage-driver vfs images
set -euo pipefail
folder=$(realpath -m "${1:?the folder to build in}")
shift
cd "$(dirname "$0")/../.."
buildah=(buildah --root "$folder/storage" --runroot "$folder/run" --storage-driver vfs)
mkdir -p "$folder"

root=$folder/base
# This one is thrown away: dpkg need not wait for the disk after each file.
mkdir -p "$root/etc/dpkg/dpkg.cfg.d"
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
debootstrap --variant=minbase bookworm "$root" >"$folder/debootstrap.log" 2>&1 ||
  { tail -20 "$folder/debootstrap.log" >&2 && exit 1; }
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,locale,man}
# node as the official image has it: below /usr/local, with npm.
install -D "$(node -p process.execPath)" "$root/usr/local/bin/node"
npm_folder=$(dirname "$(dirname "$(realpath "$(command -v npm)")")")
mkdir -p "$root/usr/local/lib/node_modules"
cp -r "$npm_folder" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"

container=$("${buildah[@]}" from scratch)
"${buildah[@]}" add --quiet "$container" "$root" / >"$folder/buildah.log"
"${buildah[@]}" config --env PATH=/usr/local/bin:/usr/bin:/bin "$container"
"${buildah[@]}" commit --quiet --rm "$container" hearken-base:test >>"$folder/buildah.log"
rm -rf "$root"

# npm's settings and the certificates of this machine, as secrets: they are in no layer.
npmrc=$(npm config get userconfig)
[ -f "$npmrc" ] || npmrc=/dev/null
certificates=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
secrets=(--secret "id=npmrc,src=$npmrc")
if [ -f "$certificates" ]; then
  secrets+=(--secret "id=ca-certificates,src=$certificates" --build-arg EXTRA_CA_CERTS=/run/secrets/ca-certificates)
fi

# The format of images that has a place for HEALTHCHECK.
"${buildah[@]}" build --isolation chroot --pull-never --jobs 2 --format docker \
  --build-arg BASE_IMAGE=localhost/hearken-base:test \
  "${secrets[@]}" --tag hearken:test "$@" .
