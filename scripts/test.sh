#!/usr/bin/env bash
# Sets everything up, then runs every check and every test; the last line is "N passed, N failed, N skipped".
#
#   scripts/test.sh [LINE…]     lines of Borg to test against; default: 1.2 1.4
#
# The contract and integration suites run once for each line that can be had (what no Borg has a part in, with the first
# alone); BORGBOI_TEST_BORG tells them the binary.
# Without any Borg they skip what needs it, loudly; under CI=true a line that is missing is a failure. The same holds for
# a real S3 server: BORGBOI_TEST_S3_ENV names the file that says where it is.
set -euo pipefail
# shellcheck source=scripts/setup.sh
. "$(dirname "$0")/setup.sh"

[ $# -gt 0 ] || set -- 1.2 1.4
reports=$(mktemp -d "${TMPDIR:-/tmp}/borgboi-reports-XXXXXX")
s3_dir=$reports/s3
trap clean_up EXIT

clean_up() {
  # A second Ctrl-C must not leave the server behind.
  trap '' INT TERM HUP
  bash "$project/scripts/s3-server.sh" stop "$s3_dir"
  rm -rf "$reports"
}

# phase NAME COMMAND…: a failure is noted for the summary and does not stop the other phases.
phase() {
  local name=$1 code=0 started=$SECONDS
  shift
  printf '\n── %s\n' "$name"
  "$@" || code=$?
  [ "$code" = 0 ] || echo "$code" >"$reports/$name.failed"
  printf '── %s: %s in %s s\n' "$name" "$([ "$code" = 0 ] && echo ok || echo FAILED)" "$((SECONDS - started))"
}

# What no Borg has a part in, or what another test shows on every line, runs with the first line alone.
once=('test/contract/{repo-store,store-*,vault*,past-vault,scheduler}.test.ts' 'test/integration/{dynamodb,*s3*,attacked-bucket,schedulers,offsite-soak,lost-output,legacy}.test.ts')
left_out=()

# suite NAME PROJECT…
suite() {
  local name=$1 project_name projects=()
  shift
  for project_name in "$@"; do projects+=(--project "$project_name"); done
  phase "$name" node_modules/.bin/vitest run --config test/vitest.config.ts "${projects[@]}" \
    ${left_out[@]+"${left_out[@]}"} --passWithNoTests \
    --reporter=default --reporter=json --outputFile.json="$reports/$name.json"
}

cd "$project"
ensure_node
install_dependencies
# Without a Borg of the system's, one that is unpacked in the cache may do for the tests.
ensure_borg || true

command -v jq >/dev/null || install_package jq jq || say "! NO JQ ON THIS MACHINE: recovery without borgboi is not tested"

phase lint node_modules/.bin/biome check
phase types node_modules/.bin/tsc -p .
phase unused node_modules/.bin/knip
phase build node scripts/build.ts
suite unit unit

unset BORGBOI_TEST_S3_ENV
if ensure_s3_server && quietly "starting an S3 server" bash scripts/s3-server.sh start "$s3_dir"; then
  export BORGBOI_TEST_S3_ENV=$s3_dir/env
  say "✓ S3 server    $(sed -n 's/^AWS_ENDPOINT_URL=//p' "$BORGBOI_TEST_S3_ENV")"
elif [ "${CI:-}" = true ] && may_install_s3_server; then
  phase s3-server fail "no S3 server to test against" "it could not be installed or did not start" "look into $log"
else
  say "! NO S3 SERVER ON THIS MACHINE: what needs a real one is not tested"
fi

first_borg=
for line in "$@"; do
  if borg_of_line "$line"; then
    : "${first_borg:=$borg_found}"
    export BORGBOI_TEST_BORG=$borg_found
    suite "borg-$line" contract integration
    left_out=()
    for pattern in "${once[@]}"; do left_out+=(--exclude "$pattern"); done
  elif [ "${CI:-}" = true ]; then
    phase "borg-$line" fail "no Borg $line to test against" "it is not installed, and could not be unpacked beside it" \
      "look into $log"
  else
    say "! NO BORG $line ON THIS MACHINE: what needs it is not tested"
  fi
done
if [ -z "$first_borg" ]; then
  # The fakes are still held to their contracts, and every skipped test is counted.
  unset BORGBOI_TEST_BORG
  suite no-borg contract integration
else
  export BORGBOI_TEST_BORG=$first_borg
fi
left_out=()
suite cli cli

echo
node scripts/sum-test-reports.ts "$reports"
