# Completion of topoc's command line for fish.

# Which arguments a verb takes, and how many at most.
function __topoc_takes -a verb
    switch "$verb"
        # @verbs@
        case '*'
            return 1
    end
end

# What stands behind `topoc VERB`, up to the cursor: the arguments, each on a line, without options and
# their values. Of a verb that runs a command everything counts from its first argument on.
function __topoc_arguments -a takes
    set -l words (commandline -opc)[3..-1]
    set -l behind_dashes no
    while set -q words[1]
        set -l word $words[1]
        set -e words[1]
        if test $behind_dashes = no -a "$word" = --
            set behind_dashes yes
        else if test $behind_dashes = no; and string match -q -- '-?*' $word
            switch $word
                # @values@
                    set -e words[1]
            end
        else if test $takes = command
            printf '%s\n' $word $words
            return
        else
            printf '%s\n' $word
        end
    end
end

# Whether an option is one of these verbs', and not of the command that it runs.
function __topoc_has
    set -l verb (commandline -opc)[2]
    contains -- "$verb" $argv; or return
    set -l takes (__topoc_takes $verb)
    test $takes[1] != command -o (count (__topoc_arguments command)) -eq 0
end

function __topoc_needs_verb
    test (count (commandline -opc)) -eq 1
end

function __topoc_needs_topic
    set -l words (commandline -opc)
    test (count $words) -eq 2 -a "$words[2]" = help
end

function __topoc_files
    complete -C "__fish_command_without_completions $(commandline -ct)" |
        string match -r '^[^\t]*(?:/|\.yaml|\.yml|\.json)(?=\t|$)'
end

function __topoc_topologies
    set -l topoc (string replace -r '^~/' "$HOME/" (commandline -opc)[1])
    type -q -- $topoc; or return
    $topoc list -q 2>/dev/null </dev/null | string replace -r '$' '\tapplied topology'
end

function __topoc_namespaces
    for name in /run/netns/*
        test -e $name; and printf '%s\tnamespace\n' (string replace -r '.*/' '' $name)
    end
end

# What fish would offer if the line began with the command.
function __topoc_command
    set -l words $argv
    test "$words[1]" = --; and set -e words[1]
    complete -C (string join ' ' -- (string escape -- $words) "$(commandline -ct)")
end

function __topoc_offer
    set -l takes (__topoc_takes (commandline -opc)[2]); or return
    set -l arguments (__topoc_arguments $takes[1])
    if test $takes[1] = command -a (count $arguments) -gt 0
        __topoc_command $arguments[2..-1]
    else if test (count $arguments) -lt $takes[2]
        switch $takes[1]
            case file
                __topoc_files
            case topology
                __topoc_topologies
                __topoc_files
            case command
                __topoc_namespaces
        end
    end
end

complete -c topoc -f
complete -c topoc -n 'not __topoc_needs_verb; and not __topoc_needs_topic' -xa '(__topoc_offer)'
complete -c topoc -n __topoc_needs_verb -l help -d 'Lists the verbs'
complete -c topoc -n __topoc_needs_verb -l version -d 'Tells which topoc this is'
complete -c topoc -n __topoc_needs_verb -xa help -d 'Tells what a verb does and takes'
complete -c topoc -n __topoc_needs_topic -xa language -d 'Every key of a topology file'
# @words@
# @options@
