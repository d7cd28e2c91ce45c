#!/usr/bin/env bash
# The set-up that quickstart.sh and test.sh share: Node, Borg, the dependencies and the build. Source it; every function
# does nothing when there is nothing to do. It changes only the cache folder, node_modules, dist and, for Borg, the
# system's packages. Written for the bash 3.2 of macOS.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-${HOME:?set HOME to your home directory}/.cache}/borgboi
log=$cache/logs/$(basename "$0" .sh)-$$.log
NODE_MAJOR=24

mkdir -p "$cache/logs"
find "$cache/logs" -name '*.log' -mtime +7 -delete
: >"$log"

say() { printf '%s\n' "$*"; }

# What failed, why, and what to do next.
fail() {
  printf '✗ %s\n  %s\n  %s\n' "$1" "$2" "$3" >&2
  return 1
}

# quietly WHAT COMMAND…: the output goes to the log; its end is shown only when the command fails.
quietly() {
  local what=$1 code
  shift
  printf '\n== %s: %s\n' "$what" "$*" >>"$log"
  "$@" >>"$log" 2>&1 </dev/null && return 0
  code=$?
  tail -n 12 "$log" | sed 's/^/  | /' >&2
  fail "$what failed (exit $code)" "the last lines of its output are above" "all of its output is in $log"
}

# --- Node ----------------------------------------------------------------------------------------------------------

is_recent_node() {
  "$1" -e "process.exit(parseInt(process.versions.node) < $NODE_MAJOR ? 1 : 0)" >/dev/null 2>&1
}

# The machine's own Node where it is recent enough, else one from the npm registry, kept in the cache and put first on
# PATH. npm comes along, because a distribution's npm is tied to the distribution's Node.
ensure_node() {
  local home=$cache/node
  if ! is_recent_node node; then
    if ! is_recent_node "$home/node_modules/.bin/node" || [ ! -e "$home/node_modules/.bin/npm" ]; then
      command -v npm >/dev/null || {
        fail "cannot fetch Node $NODE_MAJOR" "this machine has no npm" "install Node $NODE_MAJOR or newer, or any npm, then run this again"
        return 1
      }
      mkdir -p "$home"
      # The package's install script puts the binary in place, so it must run whatever the person's npm settings are.
      quietly "fetching Node $NODE_MAJOR" npm install --prefix "$home" --no-audit --no-fund --ignore-scripts=false \
        "node@$NODE_MAJOR" npm@11 || return 1
    fi
    PATH=$home/node_modules/.bin:$PATH
    export PATH
    hash -r
    is_recent_node node || {
      fail "the fetched Node does not run" "there may be no build of Node $NODE_MAJOR for this system ($(uname -sm))" \
        "install Node $NODE_MAJOR or newer with your system's package manager, then run this again"
      return 1
    }
  fi
  say "✓ node         $(node --version), $(command -v node)"
}

# --- Borg ----------------------------------------------------------------------------------------------------------

package_manager() {
  local manager
  for manager in apt-get dnf brew pacman zypper; do
    command -v "$manager" >/dev/null && echo "$manager" && return
  done
  return 1
}

# May ask for a password where there is a terminal to ask on; Homebrew refuses root and needs none.
can_install() {
  [ "$1" = brew ] || [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || { [ -t 0 ] && [ -t 2 ] && sudo -v; }
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_now() {
  local manager=$1
  shift
  case $manager in
    apt-get) as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" ;;
    dnf) as_root dnf install -y "$@" ;;
    brew) brew install "$@" ;;
    pacman) as_root pacman -S --noconfirm --needed "$@" ;;
    zypper) as_root zypper --non-interactive install "$@" ;;
  esac
}

# The lists of packages are missing in a fresh container and stale on an old machine.
refresh_lists() {
  case $1 in
    apt-get) as_root apt-get -o DPkg::Lock::Timeout=300 update ;;
    pacman) as_root pacman -Sy ;;
    *) return 1 ;;
  esac
}

install_or_refresh() {
  install_now "$@" || { refresh_lists "$1" && install_now "$@"; }
}

# install_package PACKAGE WHAT
install_package() {
  local manager
  manager=$(package_manager) || {
    fail "cannot install $2" "none of apt-get, dnf, brew, pacman and zypper is on this machine" "install $2 by hand, then run this again"
    return 1
  }
  can_install "$manager" || {
    fail "cannot install $2" "this user is not root and sudo does not let it in" "run: sudo $manager install $1 (or ask whoever may), then run this again"
    return 1
  }
  quietly "installing $2 with $manager" install_or_refresh "$manager" "$1"
}

ensure_borg() {
  local package=borgbackup
  if ! command -v borg >/dev/null; then
    [ "$(package_manager || true)" != pacman ] || package=borg
    install_package "$package" Borg || return 1
    hash -r
  fi
  say "✓ borg         $(borg --version 2>&1 | tail -n 1), $(command -v borg)"
}

# borg_of_line 1.2|1.4: leaves in $borg_found the path of a Borg of that line: the system's, or one unpacked in the cache.
# Fails quietly where neither can be had.
borg_of_line() {
  local line=$1 suite keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  borg_found=$(command -v borg || true)
  case $(borg --version 2>/dev/null || true) in "borg $line."*) return 0 ;; esac
  borg_found=$cache/borg-$line/borg
  [ ! -x "$borg_found" ] || return 0
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  case $line in 1.2) suite=bookworm ;; 1.4) suite=trixie ;; *) return 1 ;; esac
  [ -e "$keyring" ] || install_package debian-archive-keyring "Debian's archive keys" || return 1
  quietly "unpacking Borg $line" unpack_borg "$cache/borg-$line" "$suite" "$keyring" || return 1
  say "✓ borg $line     $("$borg_found" --version), $borg_found"
}

# unpack_borg DIR SUITE KEYRING: Borg and all it needs, down to the C library, out of Debian's packages. apt works in a
# state of its own in which nothing is installed yet, so that it names every package; nothing on the system changes.
unpack_borg() (
  set -e
  dir=$1 work=$1.partial
  rm -rf "$dir" "$work"
  mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/root"
  : >"$work/status"
  echo "deb [signed-by=$3] http://deb.debian.org/debian $2 main" >"$work/sources.list"
  private_apt() {
    apt-get -o "Dir::State=$work" -o "Dir::State::lists=$work/lists" -o "Dir::State::status=$work/status" \
      -o "Dir::Cache=$work" -o "Dir::Cache::archives=$work/archives" -o "Dir::Etc::SourceList=$work/sources.list" \
      -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
      -o "APT::Sandbox::User=$(id -un)" -o Debug::NoLocking=true "$@"
  }
  private_apt update
  private_apt -y --no-install-recommends --download-only install borgbackup
  for deb in "$work"/archives/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
  mv "$work/root" "$dir"
  rm -rf "$work"
  python=$(find "$dir/usr/bin" -name 'python3.*' | head -n 1)
  loader=$(find "$dir/lib" "$dir/usr/lib" -name 'ld-linux*.so.*' -path '*-linux-gnu*' 2>/dev/null | head -n 1)
  libraries=$(find "$dir/lib" "$dir/usr/lib" -maxdepth 1 -name '*-linux-gnu*' 2>/dev/null | tr '\n' ':')
  # A package's installation would compile Python's modules; without that every start takes three times as long.
  PYTHONHOME=$dir/usr "$loader" --library-path "$libraries" "$python" -m compileall -q "$dir"/usr/lib/python3* || true
  printf '#!/bin/sh\nPYTHONHOME="%s" exec "%s" --library-path "%s" "%s" "%s" "$@"\n' \
    "$dir/usr" "$loader" "$libraries" "$python" "$dir/usr/bin/borg" >"$dir/borg.new"
  chmod +x "$dir/borg.new"
  "$dir/borg.new" --version
  mv "$dir/borg.new" "$dir/borg"
)

# --- the S3 server -------------------------------------------------------------------------------------------------

# Tests can do without it, so nobody is asked for a password.
may_install_s3_server() {
  command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

# The programs that s3-server.sh starts. Fails quietly where they cannot be had.
ensure_s3_server() {
  command -v radosgw >/dev/null && command -v ceph-osd >/dev/null && command -v ceph-mon >/dev/null && return
  may_install_s3_server || return 1
  quietly "installing an S3 server with apt-get" install_or_refresh apt-get ceph-mon ceph-osd radosgw ceph-common
}

# --- this project --------------------------------------------------------------------------------------------------

install_dependencies() {
  local stamp=$project/node_modules/.borgboi-installed wanted
  wanted="$(cksum <"$project/package-lock.json") $(node -p 'process.platform + process.arch')"
  if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    quietly "npm ci" npm --prefix "$project" ci --no-audit --no-fund || return 1
    printf '%s\n' "$wanted" >"$stamp"
  fi
  say "✓ dependencies $project/node_modules"
}

build() {
  quietly "the build" node "$project/scripts/build.ts" --quick || return 1
  say "✓ build        $project/dist"
}
