#!/usr/bin/env bash
# Runs a command in an unpacked image as a cluster would at its strictest: file system read-only but for an empty /tmp, no
# network but its own loopback, no root, its own first process. `run-locked-down.sh ROOT USER:GROUP FOLDER NAME=value…
# -- command…`; to be started by `unshare --mount --net --pid --fork --kill-child`.
set -euo pipefail
root=$1 user=$2 folder=$3
shift 3
variables=()
while [ "$1" != -- ]; do
  variables+=("$1")
  shift
done
shift

mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/urandom" c 1 9
mount -o remount,bind,ro "$root"
mount -o remount,ro "$root/dev"
ip link set lo up
exec chroot --userspec="$user" "$root" /usr/bin/env -i --chdir="$folder" "${variables[@]}" "$@"
