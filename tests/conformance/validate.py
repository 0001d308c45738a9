#!/usr/bin/env python3
"""Holds what OpenAI's clients were sent (written by the conformance program) against OpenAI's own
description of its interface, which is not part of the project: WYE_CORPUS names its folder. Prints a
table and every exception, and exits 1 when there are any.
"""
import collections
import json
import os
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    sys.exit("python3-jsonschema is not installed; the answers were not validated")

SCHEMAS = {"chat": "CreateChatCompletionResponse", "chat event": "CreateChatCompletionStreamResponse",
           "response": "Response", "response event": "ResponseStreamEvent"}


def main(sent):
    folder = pathlib.Path(os.environ.get("WYE_CORPUS", "../shared/wire"))
    description = folder / "specs" / "openai.core.calibrated.json"
    if not description.exists() or not pathlib.Path(sent).exists():
        print(f"no description at {description}; nothing was validated", file=sys.stderr)
        return 0
    components = json.loads(description.read_text())["components"]
    validators = {what: jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": components})
        for what, name in SCHEMAS.items()}
    count, wrong = collections.Counter(), collections.Counter()
    causes = collections.Counter()
    for line in open(sent, encoding="utf-8"):
        what, text = line.split("\t", 1)
        count[what] += 1
        error = next(validators[what].iter_errors(json.loads(text)), None)
        if error is not None:
            wrong[what] += 1
            causes[f"{what}: {list(error.absolute_path)}: {error.message[:120]}"] += 1
    print("\n| sent to OpenAI's clients | objects | valid | share |\n|---|---|---|---|")
    for what in SCHEMAS:
        valid = count[what] - wrong[what]
        print(f"| {what} | {count[what]} | {valid} | {100 * valid / max(1, count[what]):.2f} % |")
    for cause, times in causes.most_common():
        print(f"- {times} x {cause}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
