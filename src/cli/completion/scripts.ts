// The scripts that make shells ask `borgboi completion query`. They know no command and no option, so that they never
// grow old.

import type { SHELLS } from './values.ts'

/** Works from bash 3.2 on, which macOS has: no mapfile, no negative index, compopt only where there is one. */
const BASH = String.raw`# Completion of borgboi for bash. In ~/.bashrc: eval "$(borgboi completion bash)"
_borgboi() {
  local words=() count=0 index word current before="" candidate rest
  # Bash takes = and : for words of their own: put together what was written as one.
  for ((index = 1; index <= COMP_CWORD; index++)); do
    word=${'$'}{COMP_WORDS[index]}
    if ((count > 0)) && [[ $word == [=:]* || ${'$'}{COMP_WORDS[index - 1]} == *[=:] ]]; then
      words[count - 1]+=$word
    else
      words[count++]=$word
    fi
  done
  current=${'$'}{words[count - 1]}
  # Only what stands behind the last of them is replaced.
  [[ $current == *[=:]* ]] && before=${'$'}{current%"${'$'}{current##*[=:]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r candidate rest; do
    case $candidate in
      :file) while read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "${'$'}{current#"$before"}") ;;
      :directory) while read -r word; do COMPREPLY+=("$word"); done < <(compgen -d -- "${'$'}{current#"$before"}") ;;
      ?*) COMPREPLY+=("${'$'}{candidate#"$before"}") && continue ;;
      *) continue ;;
    esac
    type compopt > /dev/null 2>&1 && compopt -o filenames 2> /dev/null
  done < <("$1" completion query -- "${'$'}{words[@]}" 2> /dev/null)
}
complete -F _borgboi borgboi bb`

const ZSH = String.raw`#compdef borgboi bb
# Completion of borgboi for zsh. In ~/.zshrc, behind compinit: eval "$(borgboi completion zsh)"
_borgboi() {
  local -a candidates
  local line files=""
  while IFS= read -r line; do
    case $line in
      (:file|:directory) files=$line ;;
      (?*) candidates+=("${'$'}{${'$'}{line%%$'\t'*}//:/\\:}${'$'}{${'$'}{(M)line:#*$'\t'*}:+:${'$'}{line#*$'\t'}}") ;;
    esac
  done < <("${'$'}{words[1]}" completion query -- "${'$'}{(@)words[2,CURRENT]}" 2> /dev/null)
  ((${'$'}{#candidates})) && _describe borgboi candidates
  if [[ -n $files ]]; then
    compset -P '*='
    if [[ $files == :file ]]; then _files; else _files -/; fi
  fi
}
compdef _borgboi borgboi bb`

const FISH = `# Completion of borgboi for fish. Into ~/.config/fish/completions/borgboi.fish: borgboi completion fish
function __borgboi_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l before (string match -r '^--[^=]*=' -- "$current")
    set -l written (string replace -- "$before" '' "$current")
    for line in ($words[1] completion query -- $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :file
                __fish_complete_path "$written" | string replace -r '^' -- "$before"
            case :directory
                __fish_complete_directories "$written" | string replace -r '^' -- "$before"
            case '?*'
                echo $line
        end
    end
end
complete -c borgboi -f -a '(__borgboi_complete)'
complete -c bb -w borgboi`

export const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = { bash: BASH, zsh: ZSH, fish: FISH }
