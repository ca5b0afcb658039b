# Completion of preload for bash.
#   preload completion bash > ~/.local/share/bash-completion/completions/preload

_preload() {
  local rest=${COMP_LINE:0:COMP_POINT} space word index line cut=
  local -a words=() found=()
  # Bash cuts a word at : and =, which are part of a ref. What no space divides belongs together.
  for ((index = 0; index <= COMP_CWORD; index++)); do
    space=${rest%%[![:space:]]*}
    rest=${rest#"$space"}
    word=${COMP_WORDS[index]}
    # The word under the cursor ends there.
    if ((${#word} > ${#rest})); then word=$rest; fi
    rest=${rest#"$word"}
    if ((index == 0)) || [[ -n $space ]]; then words+=("$word"); else words[${#words[@]} - 1]+=$word; fi
  done
  local current=${words[${#words[@]} - 1]}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) _preload_paths -f "$current"; return ;;
      :dirs) _preload_paths -d "$current"; return ;;
      :command) _preload_command; return ;;
      *) found+=("${line%%$'\t'*}") ;;
    esac
  done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
  # Bash replaces only what stands behind the last cut.
  if [[ $current == *[:=]* ]]; then cut=${current%"${current##*[:=]}"}; fi
  for word in "${found[@]}"; do COMPREPLY+=("${word#"$cut"}"); done
  # After these a word goes on.
  if ((${#found[@]} == 1)) && [[ ${found[0]} == *[:=] ]]; then compopt -o nospace; fi
}

_preload_paths() {
  local path
  compopt -o filenames
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "${2##*=}")
}

# What follows "exec --" is completed as if it stood alone, where bash-completion is there to do so.
_preload_command() {
  local index
  for ((index = 1; index < COMP_CWORD; index++)); do
    [[ ${COMP_WORDS[index]} == -- ]] && break
  done
  if declare -F _command_offset >/dev/null && ((index < COMP_CWORD)); then
    _command_offset $((index + 1))
  elif ((index + 1 == COMP_CWORD)); then
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
  else
    _preload_paths -f "${COMP_WORDS[COMP_CWORD]}"
  fi
}

complete -F _preload preload
