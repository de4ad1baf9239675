#!/usr/bin/env python3
"""A test of the code base itself: what a reviewer would otherwise have to look for in every change.

usage: check_codebase.py ROOT

Checks include direction, homes of third-party headers, file and line length, header form, leftover words, and that
every folder says what it is. Prints file:line: what, and exits 1 when it found something.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.abspath(sys.argv[1])
LAYERS = ["classifier", "storage", "metrics", "daemon"]  # includes point left
MAX_LINES, MAX_COLUMNS = 500, 120

# Third-party headers have a home: pattern -> folders that may include it.
HOMES = {
    r"rocksdb/": {"storage", "tests"},
    r"simdjson": {"classifier", "tests"},
    r"hs(_runtime|_compile)?\.h|hs/": {"classifier"},
    r"re2/": {"classifier"},
    r"libpsl": {"classifier"},
    r"prometheus/": {"metrics"},
    r"boost/math/": {"metrics", "tests"},
    r"boost/(?!math/)": {"daemon", "tests"},
    r"systemd/": {"daemon"},
    r"spdlog/": {"daemon"},
    r"CLI/": {"daemon"},
}
# Words that mean that something was left behind. Spelt in pieces, so that this file may pass its own check.
LEFTOVERS = re.compile(r"\b(" + "|".join(["FIX" + "ME", "XX" + "X", "HA" + "CK", "TO" + "DO(?!\\()",
                                          "not impl" + "emented", "place" + "holder", "st" + "ub"]) + r")\b")
# Where such a word is the subject: what a mask puts into a template, what a server answers with 502.
LEFTOVER_EXCEPTIONS = ("classifier/mask", "classifier/reply", "classifier/rules/", "classifier/taxonomy",
                       "tests/classifier/", "tests/bench/", "tests/system/postfix_real/", "tests/codebase/")

problems = []


def problem(path, line, text):
    problems.append(f"{path}:{line}: {text}")


def tracked_files():
    """What git would take; without git, all files outside of build/."""
    try:
        out = subprocess.run(["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard"],
                             capture_output=True, text=True, check=True).stdout
        paths = out.splitlines()
    except (OSError, subprocess.CalledProcessError):
        paths = []
        for folder, folders, names in os.walk(ROOT):
            folders[:] = [name for name in folders if name not in ("build", ".git")]
            paths += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names]
    yield from (path for path in paths if os.path.isfile(os.path.join(ROOT, path)))


def check_source(path, lines):
    folder = path.split("/")[0]
    if len(lines) > MAX_LINES:
        problem(path, len(lines), f"{len(lines)} lines; is this one concept? ({MAX_LINES} at most)")
    if path.endswith(".h"):
        if not lines or not lines[0].startswith("//"):
            problem(path, 1, "a header opens with what it is")
        if "#pragma once\n" not in lines:
            problem(path, 1, "no #pragma once")
    for n, line in enumerate(lines, 1):
        if len(line.rstrip("\n")) > MAX_COLUMNS:
            problem(path, n, f"longer than {MAX_COLUMNS} columns")
        match = re.match(r'\s*#include\s+["<]([^">]+)[">]', line)
        if not match:
            continue
        target = match.group(1)
        top = target.split("/")[0]
        if folder in LAYERS and top in LAYERS and LAYERS.index(top) > LAYERS.index(folder):
            problem(path, n, f"{folder} must not include {target}: includes point left")
        for pattern, homes in HOMES.items():
            if re.match(pattern, target) and folder not in homes:
                problem(path, n, f"{target} belongs to {', '.join(sorted(homes))}")
        if target.startswith("regex") and folder in LAYERS:
            problem(path, n, "std::regex is not linear in time")


def check_text(path, lines):
    for n, line in enumerate(lines, 1):
        match = LEFTOVERS.search(line)
        if match and not path.startswith(LEFTOVER_EXCEPTIONS):
            problem(path, n, f"leftover word {match.group(0)!r}")
        if line.rstrip("\n") != line.rstrip("\n").rstrip() and not path.endswith(".md"):
            problem(path, n, "blanks at the end of the line")


def check_changelog():
    path = "CHANGELOG.md"
    full = os.path.join(ROOT, path)
    if not os.path.exists(full):
        return problem(path, 1, "missing")
    with open(full, encoding="utf-8") as file:
        if "## Unreleased" not in file.read():
            problem(path, 1, "has no section '## Unreleased'")


def main():
    sources = (".cc", ".h")
    texts = sources + (".py", ".sh", ".cmake", ".toml", ".yml", ".md", ".service")
    for path in sorted(tracked_files()):
        if "/corpus/" in path or not path.endswith(texts):
            continue
        with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as file:
            lines = file.readlines()
        check_text(path, lines)
        if path.endswith(sources):
            check_source(path, lines)
    for folder in LAYERS:
        if not os.path.exists(os.path.join(ROOT, folder, "README.md")):
            problem(folder, 1, "has no README.md")
    check_changelog()
    print("\n".join(problems) if problems else "the code base is in order")
    return 1 if problems else 0


sys.exit(main())
