"""Runs named checks and prints what each of them saw as one JSON object, for the test that started this."""

import json
import os
import traceback

URL = os.environ["TOLLGATE_URL"]
KEY = os.environ["TOLLGATE_KEY"]
WRONG_KEY = "sk-tg-000000000000000000000000000000000000000"
PROMPT = "Which way to the harbour?"
TOOL_PROMPT = "TOOLTEST: how is the weather?"
WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}

_checks = {}


def check(function):
    """Registers a check; what it returns is what it saw."""
    _checks[function.__name__] = function
    return function


def run():
    seen = {}
    for name, function in _checks.items():
        try:
            seen[name] = {"saw": function()}
        except Exception:
            seen[name] = {"error": traceback.format_exc(limit=-6)}
    print(json.dumps(seen))
