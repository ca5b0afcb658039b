#compdef preload
# Completion of preload for zsh.
#   preload completion zsh > "$fpath[1]/_preload"     or, after compinit, in ~/.zshrc:
#   source <(preload completion zsh)

_preload() {
  local line native value does
  local -a before values shown open open_shown
  before=("${(@Q)words[2,CURRENT-1]}")
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      native=$line
      continue
    fi
    value=${line%%$'\t'*}
    does=
    [[ $line == *$'\t'* ]] && does=${line#*$'\t'}
    # After these a word goes on.
    if [[ $value == *[:=] ]]; then
      open+=("$value")
      open_shown+=("$value${does:+  -- $does}")
    else
      values+=("$value")
      shown+=("$value${does:+  -- $does}")
    fi
  done < <("${(Q)words[1]}" __complete "${before[@]}" "${(Q)PREFIX}" 2>/dev/null)
  case $native in
    :files) compset -P '--*='; _files; return ;;
    :dirs) compset -P '--*='; _files -/; return ;;
    :command)
      # What follows "exec --" is completed as if it stood alone.
      local at=${words[(i)--]}
      (( at < CURRENT )) || at=2
      shift $at words
      (( CURRENT -= at ))
      _normal
      return ;;
  esac
  (( ${#values} )) && compadd -l -d shown -a values
  (( ${#open} )) && compadd -S '' -l -d open_shown -a open
}

# As a file of fpath this is the function's body; sourced, it only makes it known.
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
  _preload "$@"
else
  compdef _preload preload
fi
