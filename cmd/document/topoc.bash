# shellcheck shell=bash
# Completion of topoc's command line for bash, with bash-completion and without.

# Whether it is an option that has a value; `words` becomes what that may be.
_topoc_has_value() {
    case $1 in
        # @values@
        *) return 1 ;;
    esac
}

# What a verb takes: which arguments, how many at most, and its options.
_topoc_find_verb() {
    case $1 in
        # @verbs@
        *) return 1 ;;
    esac
}

# Offers those of the words $2... that begin with $1.
_topoc_offer() {
    local word
    for word in "${@:2}"; do
        if [[ $word == "$1"* ]]; then
            COMPREPLY+=("$word")
        fi
    done
}

# Topology files, and directories, in which there may be some.
_topoc_offer_files() {
    local ending
    compopt -o filenames 2>/dev/null
    for ending in yaml yml json; do
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X "!*.$ending" -- "$1")
    done
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$1")
}

_topoc_offer_topologies() {
    local names
    mapfile -t names < <("$topoc" list -q 2>/dev/null </dev/null)
    _topoc_offer "$1" "${names[@]}"
}

# Their names may have any signs.
_topoc_offer_namespaces() {
    local path name
    for path in /run/netns/*; do
        printf -v name %q "${path##*/}"
        if [[ -e $path ]]; then
            _topoc_offer "$1" "$name"
        fi
    done
}

# What bash would offer if the line began at that word.
_topoc_complete_from() {
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$1"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        mapfile -t COMPREPLY < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
    else
        compopt -o default 2>/dev/null
    fi
}

# Offers the values of the option that `word` belongs to. False where it belongs to none. readline takes
# words apart at a `=`, unless it is told not to.
_topoc_offer_values() {
    local option=${COMP_WORDS[COMP_CWORD - 1]} value=$word before='' words
    if [[ $word == --*=* ]]; then
        option=${word%%=*} value=$word before=$option=
    elif [[ $word == = ]]; then
        value=''
    elif [[ $option == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    _topoc_has_value "$option" || return
    _topoc_offer "$value" "${words[@]/#/$before}"
}

# Counts the verb's arguments before the word; `at` becomes the place of the last of them.
_topoc_count_arguments() {
    local place word words
    for ((place = 2; place < COMP_CWORD; place++)); do
        word=${COMP_WORDS[place]}
        if [[ $word == -- && ! $behind_dashes ]]; then
            behind_dashes=yes
        elif [[ $word == -?* && ! $behind_dashes ]]; then
            if [[ ${COMP_WORDS[place + 1]} == = ]]; then
                ((place += 2))
            elif _topoc_has_value "$word"; then
                ((place += 1))
            fi
        else
            at=$place
            ((++count))
            if [[ $takes == command ]]; then
                return
            fi
        fi
    done
}

_topoc_offer_arguments() {
    case $takes in
        file) _topoc_offer_files "$word" ;;
        topology)
            _topoc_offer_files "$word"
            _topoc_offer_topologies "$word"
            ;;
        command) _topoc_offer_namespaces "$word" ;;
    esac
}

# What follows `topoc VERB`.
_topoc_offer_of_verb() {
    local takes most options at count=0 behind_dashes=''
    _topoc_find_verb "${COMP_WORDS[1]}" || return
    _topoc_count_arguments
    if [[ $takes == command ]] && ((count)); then
        ((++at))
        if [[ ${COMP_WORDS[at]} == -- ]] && ((at < COMP_CWORD)); then
            ((++at))
        fi
        _topoc_complete_from "$at"
    elif [[ ! $behind_dashes ]] && _topoc_offer_values; then
        return
    elif [[ $word == -* && ! $behind_dashes ]]; then
        _topoc_offer "$word" "${options[@]}"
        if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then
            compopt -o nospace 2>/dev/null
        fi
    elif ((count < most)); then
        _topoc_offer_arguments
    fi
}

_topoc() {
    local topoc=${1/#'~/'/"$HOME/"} word=${COMP_WORDS[COMP_CWORD]} verbs
    verbs=(
        # @words@
    )
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        _topoc_offer "$word" "${verbs[@]}" help
        if [[ $word == -* ]]; then
            _topoc_offer "$word" --help --version
        fi
    elif [[ ${COMP_WORDS[1]} != help ]]; then
        _topoc_offer_of_verb
    elif ((COMP_CWORD == 2)); then
        _topoc_offer "$word" "${verbs[@]}" language
    fi
}

complete -F _topoc topoc
