# Completion of preload for fish.
#   preload completion fish > ~/.config/fish/completions/preload.fish

function __preload_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    # An option's own part of `--config=path` is no part of the path.
    set -l path (string replace -r -- '^--[^=]*=' '' "$current")
    for line in ($before[1] __complete $before[2..-1] "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$path"
            case :dirs
                __fish_complete_directories "$path" ''
            case :command
                # What follows `exec --` is completed as if it stood alone.
                set -l behind $before[3..-1]
                if contains -- -- $before
                    set behind $before[(math (contains -i -- -- $before) + 1)..-1]
                end
                complete -C (string join ' ' -- (string escape -- $behind) "$current")
            case '*'
                echo $line
        end
    end
end

complete -c preload -f -a '(__preload_complete)'
