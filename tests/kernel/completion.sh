#!/bin/bash
# Promise: bash, with bash-completion and without, zsh and fish complete topoc's command line, from where
# it is installed: verbs, options as help lists them, files, applied topologies, namespaces, and the
# command that is run in one; quietly, also where topoc fails.
#
# bash and zsh are typed into: a key inserts all that they offer, another one writes the line down.
source "$(dirname "$0")/lib.sh"
for shell in zsh fish script; do
    command -v "$shell" >/dev/null || skip "there is no $shell"
done
bash_completion=/usr/share/bash-completion/bash_completion
[[ -e $bash_completion ]] || skip 'there is no bash-completion'

cmake --install "$TOPOC_BUILD" --prefix "$work/prefix" >/dev/null
share=$(dirname "$(find "$work/prefix" -path '*/man/man1')")
share=${share%/man}
export XDG_DATA_DIRS=$share:/usr/local/share:/usr/share HOME=$work/home TERM=xterm LC_ALL=C.UTF-8
mkdir bin broken home
ln -s "$TOPOC" bin/topoc
printf '#!/bin/sh\necho nobody should read this >&2\nexit 1\n' >broken/topoc
cp broken/topoc bin/topoc-test-command
cp broken/topoc bin/sudo
chmod +x broken/topoc bin/*
export PATH=$work/bin:$PATH

# What there is to offer.
cp "$root/topologies/left-right.yaml" .
printf '%s\n' 'namespaces: [east, west]' 'veths: [[east:e0, west:w0]]' >east-west.yaml
topoc apply -q left-right.yaml
topoc apply -q east-west.yaml
ip netns add a\$b
mkdir -p files/sub files/broken
mv broken/topoc files/broken
cd files
touch lab.yaml lab.yml other.json 'my lab.yaml' notes.txt sub/inner.yaml

all_files='broken/ lab.yaml lab.yml my\ lab.yaml other.json sub/'
verbs=$(topoc help | sed -nE 's/^  ([a-z]+) .*/\1/p' | xargs)
# A line, and what is offered for its last word. `-bare`: not by bash alone, which knows of no other command.
cases() {
    cat <<END
topoc |$verbs help
topoc de|destroy
topoc -|--help --version
topoc help |$verbs language
topoc help de|destroy
topoc nosuch |
topoc list |
topoc apply |$all_files
topoc apply l|lab.yaml lab.yml
topoc apply -v sub/|sub/inner.yaml
topoc apply my|my\\ lab.yaml
topoc apply lab.yaml |
topoc check lab.yaml |$all_files
topoc destroy |$all_files east-west left-right
topoc plan --strict e|east-west
topoc show l|lab.yaml lab.yml left-right
topoc show -- e|east-west
topoc plan --lock-timeout 5s e|east-west
topoc plan --lock-timeout |
topoc plan --color |always auto never
topoc plan --color a|always auto
topoc plan --color=|always auto never
topoc plan --color=a|always auto
topoc plan --color=never e|east-west
topoc exec |a\\\$b east left right west
topoc exec w|west
topoc exec a|a\\\$b
topoc exec -v --color always w|west
topoc exec --color=always -- w|west
topoc exec west topoc-te|topoc-test-command
topoc exec west -- topoc-te|topoc-test-command
topoc exec west topoc-test-command --qui|
-bare topoc exec west topoc apply l|lab.yaml lab.yml
-bare sudo topoc destroy e|east-west
./broken/topoc destroy l|lab.yaml lab.yml
./broken/topoc apply l|lab.yaml lab.yml
END
    local verb
    for verb in $verbs; do
        printf 'topoc %s --|%s\n' "$verb" \
            "$(topoc help "$verb" | sed -nE 's/^  (-., |    )(--[a-z-]+).*/\2/p' | xargs)"
    done
}
cases | sed 's/^-bare //' >"$work/cases.full"
cases | grep -v '^-bare ' >"$work/cases.bare"

# Of lines `LINE|WORDS`, the words sorted; how a shell quotes and ends them is its own matter.
normal() {
    local line words
    while IFS='|' read -r line words; do
        words=$(sed 's/\\ /\a/g; s/\\//g; s/ /\n/g' <<<"$words" |
            sed -E 's/^--color=(.)/\1/; s,[=/]$,,; /^$/d' | sort -u | xargs -d '\n')
        printf '%s|%s\n' "$line" "${words//$'\a'/\\ }"
    done
}

# type_into SHELL CASES: prints lines `LINE|WORDS`. The shell shows by a file `ready` that it listens, and
# inserts all that it offers at M-*; at C-t it writes its line to `lines` and empties it.
type_into() {
    local line typed
    rm -f "$work/ready" "$work/lines"
    {
        until [[ -e $work/ready ]]; do
            sleep 0.05
        done
        while IFS='|' read -r line _; do
            printf '%s\e*\024' "$line"
        done <"$2"
        printf 'exit\n'
    } | script -qec "$1" /dev/null >"$work/screen"
    while IFS='|' read -r line _ && IFS= read -r typed <&3; do
        typed=${typed#"${line% *} "}
        if [[ ${typed% } == "${line##* }" ]]; then
            typed=
        fi
        printf '%s|%s\n' "$line" "$typed"
    done <"$2" 3<"$work/lines"
}

cat >"$work/home/bash" <<END
bind -x '"\\C-t": printf "%s\\n" "\$READLINE_LINE" >>$work/lines; READLINE_LINE='
PROMPT_COMMAND='touch $work/ready'
END
cp "$work/home/bash" "$work/home/bash-bare"
echo "source $bash_completion" >>"$work/home/bash"
echo "source $share/bash-completion/completions/topoc" >>"$work/home/bash-bare"
cat >"$work/home/.zshrc" <<END
fpath=($share/zsh/site-functions \$fpath)
autoload -Uz compinit
compinit -u -d $work/home/dump
zle -C insert-all complete-word _generic
zstyle ':completion:insert-all:*' completer _all_matches _complete
zstyle ':completion:*' insert yes
bindkey '\\e*' insert-all
write-line() { print -r -- \$BUFFER >>$work/lines; BUFFER= }
zle -N write-line
bindkey '\\C-t' write-line
precmd() { touch $work/ready }
unsetopt beep
END

complete_bash() { type_into "bash --noprofile --rcfile $work/home/bash -i" "$1"; }
complete_bash_bare() { type_into "bash --noprofile --rcfile $work/home/bash-bare -i" "$1"; }
complete_zsh() { type_into 'zsh -d -i' "$1"; }
complete_fish() {
    # shellcheck disable=SC2016 # fish's own
    cut -d '|' -f 1 "$1" | fish -c '
        while read -l line
            set -l words (complete -C $line | string replace -r "\t.*" "" | string replace -a " " "\\\\ ")
            echo "$line|$words"
        end' 2>"$work/screen"
}

for shell in bash bash_bare zsh fish; do
    : >"$work/screen"
    list=$work/cases.full
    if [[ $shell == bash_bare ]]; then
        list=$work/cases.bare
    fi
    normal <"$list" >"$work/expected"
    "complete_$shell" "$list" >"$work/offered"
    normal <"$work/offered" >"$work/got"
    check "$shell" same "$work/expected" "$work/got"
    check '... says nothing of its own' not grep -Eq 'nobody should|rror|not found|topoc: ' "$work/screen"
done
