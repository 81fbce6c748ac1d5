/* The table of verbs: what each is called, takes and promises. The help is printed from it. */
#include "verbs.h"

const struct verb verbs[] = {
        {.name = "check",
         .arguments = "FILE...",
         .summary = "Reads files and reports everything wrong with them",
         .help = "Touches nothing and needs no privilege. Each error and warning has its line and\n"
                 "column; what it suggests can be copied. - is standard input, with a `name:`.\n\n"
                 "--reach prints which namespace would have its pings to which other answered,\n"
                 "and what is in the way of those that would not. `part` is at some of its\n"
                 "addresses, or by some of several ways; `?` depends on what the host has beside\n"
                 "the file; nothing, where the two have no family in common. None of this is an\n"
                 "error: many labs keep some apart.",
         .run = verb_check,
         .options = "jrs",
         .argument = ARGUMENT_FILE,
         .least = 1,
         .most = 1000000,
         .ends = ENDS_USUAL},
        {.name = "plan",
         .arguments = "[TOPOLOGY]",
         .summary = "Prints what apply would do",
         .help = "Shows the difference between a file and the live kernel, and changes nothing:\n"
                 "+ create, - destroy, ~ change in place (old → new), -/+ replace (why). What\n"
                 "others made in the topology's namespaces is noted and left alone. With -v it\n"
                 "also lists what stays as it is (=), what the file leaves to topoc, and who\n"
                 "reaches whom (topoc help check).\n\n"
                 "Without TOPOLOGY it is the one that is applied. A topology that is named is\n"
                 "compared with the file that it came from, as that is now; where the file is\n"
                 "gone, with the text that was applied.",
         .run = verb_plan,
         .options = "dejsl",
         .argument = ARGUMENT_TOPOLOGY,
         .most = 1,
         .ends = ENDS_USUAL | ENDS_WITH_CHANGES},
        {.name = "apply",
         .arguments = "FILE",
         .summary = "Makes the kernel match a file",
         .help = "All or nothing: what fails is put back as it was before, and a run that was\n"
                 "killed is completed by the next apply or removed by the next destroy. Only what\n"
                 "topoc made is changed or removed. It never asks; topoc plan shows beforehand\n"
                 "what it would do. When it returns, traffic flows: with spanning tree it waits\n"
                 "for that, at most 2 x forward-delay and --timeout.",
         .run = verb_apply,
         .options = "jmwslt",
         .argument = ARGUMENT_FILE,
         .least = 1,
         .most = 1,
         .ends = ENDS_USUAL | ENDS_PUT_BACK},
        {.name = "destroy",
         .arguments = "[TOPOLOGY]",
         .summary = "Removes what a topology owns, and nothing else",
         .help = "Without TOPOLOGY it is the one that is applied. It needs no file: a name will\n"
                 "do. It never asks; topoc plan --destroy shows beforehand what would go. Former\n"
                 "values of the host's sysctls are put back. Processes still inside a namespace\n"
                 "keep it alive in the kernel and are named in a warning.",
         .run = verb_destroy,
         .options = "ajkl",
         .argument = ARGUMENT_TOPOLOGY,
         .most = 1,
         .ends = ENDS_USUAL | ENDS_PUT_BACK},
        {.name = "list",
         .arguments = "",
         .summary = "Lists the topologies that are applied",
         .help = "Each with its state, since when, how many objects of each kind it has, and its\n"
                 "file. The state compares the kernel with what was applied, whatever has become\n"
                 "of the file since: in step, drifted, or unfinished, where a run was killed. To\n"
                 "compare needs privilege; without it the state is ?.\n\n"
                 "-q prints the names alone, each on a line, and compares nothing.",
         .run = verb_list,
         .options = "jl",
         .ends = ENDS_USUAL},
        {.name = "show",
         .arguments = "[TOPOLOGY]",
         .summary = "Shows what a topology has in the kernel",
         .help = "Its live objects, by namespace: devices with their other ends, addresses, "
                 "routes\n"
                 "and the sysctls that were set. What others made in its namespaces is marked\n"
                 "(foreign). Without TOPOLOGY it is the one that is applied.",
         .run = verb_show,
         .options = "jl",
         .argument = ARGUMENT_TOPOLOGY,
         .most = 1,
         .ends = ENDS_USUAL},
        {.name = "exec",
         .arguments = "NAMESPACE [COMMAND...]",
         .summary = "Runs a command in a namespace",
         .help = "COMMAND is $SHELL where none is given. It sees the namespace's /sys and the\n"
                 "files of /etc/netns/NAMESPACE, as with ip netns exec, and no open file but its\n"
                 "standard three. With host it runs where topoc does. Options end at NAMESPACE:\n"
                 "what follows is the command's own (topoc exec r1 ip -4 a).",
         .run = verb_exec,
         .options = "",
         .argument = ARGUMENT_COMMAND,
         .least = 1,
         .most = 1000000,
         .ends = ENDS_AS_COMMAND},
        {0},
};

const struct synonym synonyms[] = {
        {"deploy", "apply"},
        {"up", "apply"},
        {"create", "apply"},
        {"start", "apply"},
        {"run", "apply"},
        {"add", "apply"},
        {"validate", "check"},
        {"lint", "check"},
        {"config", "check"},
        {"test", "check"},
        {"verify", "check"},
        {"down", "destroy"},
        {"delete", "destroy"},
        {"del", "destroy"},
        {"rm", "destroy"},
        {"remove", "destroy"},
        {"stop", "destroy"},
        {"clean", "destroy"},
        {"diff", "plan"},
        {"preview", "plan"},
        {"ls", "list"},
        {"ps", "list"},
        {"status", "list"},
        {"inspect", "show"},
        {"describe", "show"},
        {"get", "show"},
        {"graph", "show"},
        {"enter", "exec"},
        {"shell", "exec"},
        {"version", "--version"},
        {0},
};
