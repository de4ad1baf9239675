#!/usr/bin/env python3
"""The shipped rules read every reply of the synthetic log as its author meant it.

usage: check_templates.py BOUNCEWATCH TEMPLATES     (TEMPLATES: generate_postfix_log --templates-out)

Prints the templates whose cause differs. Exit code 0: none.
"""

import json
import subprocess
import sys


def main():
    binary, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        templates = [json.loads(line) for line in file]
    questions = ({key: t[key] for key in ("text", "provider") if t[key]} for t in templates)
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    answer = subprocess.run([binary, "classify", "--json"], input=lines.encode(), stdout=subprocess.PIPE,
                            check=True)
    wrong = 0
    for template, line in zip(templates, answer.stdout.decode().splitlines(), strict=True):
        verdict = json.loads(line)
        if verdict["cause"] != template["cause"]:
            wrong += 1
            print("%s: expected %s, got %s by rule %s\n    %s" % (
                template["provider"] or "any receiver", template["cause"], verdict["cause"], verdict["rule"],
                template["text"]))
    print("%d templates, %d differ" % (len(templates), wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
