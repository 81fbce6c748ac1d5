#compdef topoc
# Completion of topoc's command line for zsh.

_topoc_topologies() {
    local -a names
    names=(${(f)"$($topoc list -q 2>/dev/null </dev/null)"})
    _wanted topologies expl 'applied topology' compadd -a names
}

_topoc_files() {
    _files -g '*.(yaml|yml|json)(-.)'
}

_topoc_namespaces() {
    local -a names
    names=(/run/netns/*(N-^/:t))
    _wanted namespaces expl 'namespace' compadd -a names
}

# What is run in a namespace may stand behind `--`.
_topoc_command() {
    if [[ $words[1] == -- ]] && (( CURRENT > 1 )); then
        shift words
        (( CURRENT-- ))
    fi
    _normal
}

_topoc_topology() {
    _alternative 'topologies:applied topology:_topoc_topologies' 'files:file:_topoc_files'
}

# Describes the verbs, and what may stand in their place.
_topoc_verbs() {
    local -a verbs
    verbs=(
        # @words@
        $@
    )
    _describe -t verbs verb verbs
}

# What follows `topoc VERB`; the verb is the first of $words.
_topoc_of_verb() {
    local takes place
    local -a specs
    case $words[1] in
        # @verbs@
        *) return 1 ;;
    esac
    case $takes in
        file) specs+=("$place:FILE:_topoc_files") ;;
        topology) specs+=("$place:TOPOLOGY:_topoc_topology") ;;
        command) specs+=('(-)1:NAMESPACE:_topoc_namespaces' '*:::COMMAND:_topoc_command') ;;
    esac
    # Behind the last argument nothing is offered, instead of options.
    if [[ $place == 1 ]]; then
        specs+=('*: : ')
    fi
    _arguments -s -S $specs
}

_topoc() {
    local topoc=${${(Q)words[1]}/#\~\//$HOME/}
    if (( CURRENT == 2 )); then
        if [[ $words[2] == -* ]]; then
            _arguments '(-)--help[lists the verbs]' '(-)--version[tells which topoc this is]'
        else
            _topoc_verbs 'help:Tells what a verb does and takes'
        fi
        return
    fi
    shift words
    (( CURRENT-- ))
    if [[ $words[1] != help ]]; then
        _topoc_of_verb
    elif (( CURRENT == 2 )); then
        _topoc_verbs 'language:Every key of a topology file'
    fi
}

_topoc "$@"
