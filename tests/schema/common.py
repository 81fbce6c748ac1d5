"""What the tests of the JSON Schemas share."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOPOC = os.environ["TOPOC"]

failures = 0


def expect(condition, *what):
    """Counts and tells a failure."""
    global failures
    if not condition:
        failures += 1
        print("FAILED ", *what)


def finish(count):
    print(f"{count} checked, {failures} failed")
    sys.exit(1 if failures or not count else 0)


class Text(yaml.SafeLoader):
    """YAML as topoc reads it: a scalar is its text, and only nothing is null."""

    yaml_implicit_resolvers = {}


class Typed(yaml.SafeLoader):
    """YAML 1.1 as most programs read it, with what JSON has: keys are text, and so are dates."""


def mapping(loader, node):
    loader.flatten_mapping(node)
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


Text.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])
Text.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
for loader in Text, Typed:
    loader.add_constructor("tag:yaml.org,2002:map", mapping)
Typed.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)


def load(text, loader):
    """A document, or None where this loader cannot read it."""
    return yaml.load(text, Loader=loader)


def installed(name):
    """The validator of a schema, as `cmake --install` installs it."""
    with tempfile.TemporaryDirectory() as prefix:
        subprocess.run(["cmake", "--install", os.environ["TOPOC_BUILD"], "--prefix", prefix],
                       check=True, stdout=subprocess.DEVNULL)
        return validator(next(pathlib.Path(prefix).rglob(f"topoc/{name}.schema.json")))


def validator(path):
    """The validator of a schema that is one itself."""
    schema = json.loads(path.read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def refused(paths):
    """Those of the files that `topoc check` finds an error in."""
    run = subprocess.run([TOPOC, "check", *paths], stderr=subprocess.PIPE, text=True, check=False)
    return {path for path in re.findall(r"^(.+?)(?::\d+:\d+)?: error: ", run.stderr, re.MULTILINE)}
