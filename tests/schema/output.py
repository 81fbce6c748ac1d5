#!/usr/bin/python3
"""Promise: what topoc prints with --json is what its JSON Schema says, whatever becomes of a run, and
holds no key that the schema does not have; an answer that was tampered with is refused."""

import json
import os
import pathlib
import subprocess
import tempfile

import jsonschema

from common import ROOT, TOPOC, expect, finish, installed


def closed(schema):
    """The schema with every object closed to keys that it does not name: those that stand in rules
    (if, then) belong to an object that is described elsewhere."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        result["additionalProperties"] = False
    return result


validator = jsonschema.Draft7Validator(closed(installed("output").schema))
answers = []


def run(status, *arguments, text=None, through=()):
    """An answer, which has to be valid."""
    done = subprocess.run([*through, TOPOC, *arguments, "--json"], input=text, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    what = "topoc " + " ".join(map(str, arguments))
    expect(done.returncode == status, f"{what}: exit status {done.returncode}: {done.stderr}")
    answer = json.loads(done.stdout)
    for error in validator.iter_errors(answer):
        expect(False, f"{what}: {error.json_path}: {error.message[:300]}")
    answers.append((what, answer))
    return answer


def generate(*arguments):
    return subprocess.run([os.environ["TOPOC_GENERATE"], *arguments], check=True,
                          stdout=subprocess.PIPE, text=True).stdout


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


def check_runs():
    labs = [*ROOT.glob("topologies/*.yaml"), *ROOT.glob("tests/kernel/labs/*.yaml")]
    for verb in "plan", "destroy", "list", "show":
        run(0, verb)
    run(1, "show", "nosuch")
    run(1, "apply", "missing.yaml")
    run(1, "check", *labs, *(ROOT / "tests/golden/diagnostic").glob("*.yaml"), "missing.yaml")
    run(1, "check", "-", text="namespaces: [a, a]\nname: piped\n")
    for seed in range(8):
        run(0, "check", "-", text=generate(str(seed)))
        run(1, "apply", "--no-wait", "-", text=generate(str(seed), "--refuse"))
    for file in [*labs, *(ROOT / "tests/golden/reach").glob("*.yaml")]:
        run(0, "check", "--reach", file)
    for lab in labs:
        run(0, "plan", "-v", lab)
        run(0, "apply", lab)
        run(0, "apply", lab)
        run(0, "show")
        run(0, "list")
        run(0, "list", through=["setpriv", "--bounding-set=-all", "--inh-caps=-all"])
        run(0, "plan", "--destroy")
        run(0, "destroy", "--all")


def check_changes():
    """Drift, replacement, what others made, and what is in the way."""
    lab = pathlib.Path("left-right.yaml")
    text = (ROOT / "topologies/left-right.yaml").read_text()
    lab.write_text(text)
    ip("link", "add", "br0", "type", "bridge")
    run(1, "apply", lab)
    ip("link", "del", "br0")
    run(0, "apply", lab)
    ip("-n", "left", "link", "set", "left_inner", "mtu", "1400")
    ip("-n", "left", "route", "add", "10.9.0.0/16", "via", "10.0.1.2")
    ip("-n", "left", "link", "add", "odd", "type", "bridge")
    ip("-n", "left", "link", "set", "odd", "up")
    drift = run(2, "plan", "--detailed-exitcode")
    kinds = {action["action"] for action in drift["topologies"][0]["actions"]}
    expect("change" in kinds, "no drift is told")
    expect(drift["topologies"][0]["foreign"], "nothing foreign is told")
    run(0, "show")
    run(0, "list")
    lab.write_text(text.replace("{bridge: br0}", "{bridge: br0, queues: 2}"))
    replaced = run(0, "plan", lab)
    kinds = {action["action"] for action in replaced["topologies"][0]["actions"]}
    expect("replace" in kinds, "no replacement is told")
    expect(run(0, "destroy")["topologies"][0]["lost"], "nothing lost is told")


# Keys that are there wherever something like this is told, and those that have one of a few words.
REQUIRED = ["kind", "class", "attributes", "action", "changes", "severity", "message", "notes", "from",
            "outcome", "state", "create"]
WORDS = ["verb", "kind", "class", "action", "severity", "outcome", "state"]


def mutants(value, put):
    """Ways to spoil a part of an answer: calls `put` with each. Of lists the first item counts."""
    yield "another type", lambda: put([] if isinstance(value, dict) else {})
    if isinstance(value, bool):
        yield "a text", lambda: put(str(value))
    elif isinstance(value, int):
        yield "a negative number", lambda: put(-1 - value)
        yield "a fraction", lambda: put(value + 0.5)
    elif isinstance(value, list) and value:
        yield from mutants(value[0], lambda new: put([new, *value[1:]]))
    elif isinstance(value, dict):
        yield "an unknown key", lambda: put({**value, "none such": 1})
        for key, item in value.items():
            rest = {k: v for k, v in value.items() if k != key}
            if key in REQUIRED and value.get("action") != "replace":
                yield f"no {key}", lambda rest=rest: put(rest)
            if key in WORDS and isinstance(item, str):
                yield f"another {key}", lambda key=key: put({**value, key: "none such"})
            yield from mutants(item, lambda new, key=key: put({**value, key: new}))


def check_mutants():
    """Every part of an answer matters."""
    count = 0
    for what, answer in answers:
        whole = []
        for how, spoil in mutants(answer, whole.append):
            spoil()
            count += 1
            expect(not validator.is_valid(whole.pop()), f"{what}: valid with {how}")
        for key in answer:
            count += 1
            less = {k: v for k, v in answer.items() if k != key}
            expect(not validator.is_valid(less), f"{what}: valid without {key}")
    return count


with tempfile.TemporaryDirectory() as directory:
    os.chdir(directory)
    check_runs()
    check_changes()
    os.chdir("/")
    finish(len(answers) + check_mutants())
