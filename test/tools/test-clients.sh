#!/usr/bin/env bash
# Installs the clients in other languages that test/e2e/clients.e2e-spec.ts calls the service with, below .cache/clients:
# Python's out of PyPI, Go's, Java's and Rust's out of their registries. .ci/run calls this; `npm test` does not, because
# it takes minutes and needs the toolchains. A client that is not there is left out of the tests, and what cannot be
# installed is said and passed over. Does nothing where all is in place.
set -uo pipefail
cd "$(dirname "$0")/../.."
programs=test/clients
target=$PWD/.cache/clients
mkdir -p "$target"

# $1: what it is; $2: the files that it is made of; $3: its stamp; then the command that installs it.
install() {
  local name=$1 files=$2 stamp=$target/$3.stamp
  shift 3
  local wanted
  # shellcheck disable=SC2086
  wanted=$(cat $files | sha256sum)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    echo "test clients: $name is in place"
  elif "$@"; then
    echo "$wanted" >"$stamp"
    echo "test clients: installed $name"
  else
    echo "test clients: could not install $name; its tests are left out"
  fi
}

python_packages() {
  rm -rf "$target/python/$1"
  python3 -m pip install --quiet --no-compile --disable-pip-version-check --root-user-action=ignore --no-warn-conflicts \
    --target "$target/python/$1" --requirement "$programs/python/requirements/$1.txt"
}

if command -v python3 >/dev/null && python3 -m pip --version >/dev/null 2>&1; then
  mkdir -p "$target/python"
  for file in "$programs"/python/requirements/*.txt; do
    name=$(basename "$file" .txt)
    install "Python's $name" "$file" "python-$name" python_packages "$name"
  done
else
  echo 'test clients: skipped Python (needs python3 with pip)'
fi

if command -v go >/dev/null; then
  install 'those in Go' "$programs/go/go.mod $programs/go/main.go" go \
    go build -C "$programs/go" -o "$target/go-clients" .
else
  echo 'test clients: skipped Go (needs go)'
fi

if command -v cargo >/dev/null; then
  install 'those in Rust' "$programs/rust/Cargo.lock $programs/rust/src/main.rs" rust \
    cargo build --quiet --locked --manifest-path "$programs/rust/Cargo.toml" --target-dir "$target/rust"
else
  echo 'test clients: skipped Rust (needs cargo)'
fi

if command -v java >/dev/null && command -v mvn >/dev/null; then
  install 'those in Java' "$programs/java/pom.xml" java \
    mvn --quiet --batch-mode --file "$programs/java/pom.xml" dependency:build-classpath "-Dmdep.outputFile=$target/java-classpath"
else
  echo 'test clients: skipped Java (needs java and mvn)'
fi
