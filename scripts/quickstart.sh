#!/usr/bin/env bash
# From a fresh machine to a proven backup: sets everything up, backs DIR up and copies the repository to a vault, restores
# the files and compares byte for byte, restores the repository from the vault and lets Borg check it.
#
#   scripts/quickstart.sh [DIR]     default: this checkout
#
# It uses your real home of borgboi (~/.borgboi, or $BORGBOI_HOME/.borgboi) under a repo name of its own, keeps the
# repository and the vault in ~/borgboi-quickstart and leaves a `borgboi` command. Run it again and it makes a second
# archive and a second generation. The exit status is 0 only when every restored byte is the same.
set -euo pipefail
# shellcheck source=scripts/setup.sh
. "$(dirname "$0")/setup.sh"

source_dir=$(cd "${1:-$project}" 2>/dev/null && pwd -P) || {
  fail "cannot back up ${1:-$project}" "it is not a directory this user can enter" "give another: scripts/quickstart.sh DIR"
  exit 1
}
home=${BORGBOI_HOME:-$HOME}
mkdir -p "$home"
home=$(cd "$home" && pwd -P)
place=$home/borgboi-quickstart
# A repository inside its own source would grow with every backup, and could never be compared.
case $place/ in "${source_dir%/}"/*)
  fail "cannot back up $source_dir" "the repository would lie inside it, in $place" \
    "give a directory below it, or another disk for the repository: BORGBOI_HOME=/mnt/disk scripts/quickstart.sh DIR"
  exit 1 ;;
esac

# One name per directory, the same in every run, and none that a person would have chosen.
slug=$(basename "$source_dir" | LC_ALL=C tr -cs 'A-Za-z0-9\n' '-' | sed 's/^-*//; s/-*$//' | cut -c 1-40)
name=${slug:-root}-$(printf '%s' "$source_dir" | cksum | cut -c 1-5)
repository=$place/$name
vault=quickstart
vault_dir=$place/vault
export BORGBOI_OFFLINE=true

# Never over a file that somebody else put there.
write_command() {
  local mark="# Written by borgboi's quickstart; remove it as you like." dir
  for dir in "$HOME/.local/bin" "$cache/bin"; do
    command_file=$dir/borgboi
    if [ ! -e "$command_file" ] && [ ! -L "$command_file" ] || grep -qF "$mark" "$command_file" 2>/dev/null; then break; fi
  done
  mkdir -p "$dir"
  printf '#!/bin/sh\n%s\nexec "%s" "%s" "$@"\n' "$mark" "$(command -v node)" "$project/dist/bin.js" >"$command_file"
  chmod +x "$command_file"
  say "✓ command      $command_file"
}

# is_listed LIST NAME JSON
is_listed() {
  printf '%s' "$3" | node -e '
    const [list, name] = process.argv.slice(1)
    const listed = JSON.parse(require("node:fs").readFileSync(0, "utf8"))[list]
    process.exit(listed.some((one) => one.name === name) ? 0 : 1)' "$1" "$2"
}

# A backup that ended with warnings (exit 3) is a backup: the comparison says what it is worth.
back_up() {
  local code=0
  "$command_file" backup daily --name "$name" || code=$?
  [ "$code" = 0 ] || [ "$code" = 3 ] || exit "$code"
}

restore_and_compare() {
  local scratch
  scratch=$(mktemp -d "$place/restored-XXXXXX")
  "$command_file" backup restore --name "$name" --archive latest --destination "$scratch/files" || return
  identical=$(node "$project/scripts/compare-trees.ts" "$source_dir" "$scratch/files$source_dir") || {
    fail "the restored files differ from $source_dir" "the differences are above; the restored files are in $scratch" \
      "if something wrote to $source_dir meanwhile, or an exclusion leaves files out, that is why: run this again"
    return 1
  }
  # Directories may have been restored without the permission to empty them.
  chmod -R u+rwX "$scratch"
  rm -rf "$scratch"
}

ensure_node
ensure_borg
install_dependencies
build
write_command
mkdir -p "$vault_dir"
say
vaults=$("$command_file" vault list --json)
is_listed vaults "$vault" "$vaults" || "$command_file" vault add "$vault" "file://$vault_dir"
records=$("$command_file" repo list --json)
if is_listed repos "$name" "$records"; then
  say "The repo $name is there already; this makes one more archive."
  "$command_file" vault use "$vault" --name "$name" --quiet
else
  "$command_file" repo create --name "$name" --path "$repository" --source "$source_dir" --vault "$vault"
fi
back_up
"$command_file" backup list --name "$name"
restore_and_compare
# The newest generation comes back into a scratch directory, every byte verified, and Borg checks it there.
"$command_file" s3 verify --level 4 --name "$name" --scratch "$place"
"$command_file" s3 generations --name "$name"

prefix=borgboi
case :$PATH: in *":$(dirname "$command_file"):"*) ;; *) prefix=$command_file ;; esac
cat <<TEXT

Done: $source_dir is backed up, encrypted; it was restored and every byte compared ($identical, all the same).
The repository was copied to a vault; it was restored from there, and Borg found it consistent.

  repository     $repository
  vault          $vault_dir  (a directory for this trial: a real one is on another disk, or s3://bucket/prefix)
  passphrase     $home/.borgboi/passphrases/$name.key  (only you can read it; without it the backup is worthless)
  command        $command_file

What to type next
  once more      $prefix backup daily --name $name
  what is there  $prefix backup list --name $name
  get files back $prefix backup restore --name $name --archive latest --destination DIR
  another repo   $prefix repo create --name NAME --path REPOSITORY --source DIR
  a real vault   $prefix vault add NAME s3://bucket/prefix, then $prefix vault use NAME --name $name
TEXT
if [ "$prefix" != borgboi ]; then
  printf '\n%s is not on your PATH. To type just borgboi: export PATH="%s:$PATH"\n' "$(dirname "$command_file")" "$(dirname "$command_file")"
fi
