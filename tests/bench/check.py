"""Compares `tollgate check` with Guardrails AI on a file of e-mails: outputs per CPU second.

    python3 tests/bench/check.py WORKLOAD FOLDER [COUNT]        # the tool that is on the PATH
    python3 tests/bench/check.py WORKLOAD FOLDER COUNT --processes 8  # one ledger, many writers
    python3 tests/bench/check.py WORKLOAD FOLDER COUNT --rails  # with guardrails-ai installed

WORKLOAD is a folder with terms.txt, regexes.json, limits.json, text_good.txt and text_bad.txt.
"""

import json
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

WORKLOAD, FOLDER = Path(sys.argv[1]), Path(sys.argv[2])
COUNT = int(sys.argv[3]) if len(sys.argv) > 3 else 100_000
ROUNDS = 3
CONTEXT = {"channel": "email", "model": "acme/large", "confidence": 0.93, "campaign": "autumn",
           "region": "eu", "data-classes": ["contact"], "input-tokens": 4, "output-tokens": 9}


def read(name):
    return (WORKLOAD / name).read_text(encoding="utf-8")


def mails():
    texts = [read("text_good.txt"), read("text_bad.txt")]
    for number in range(COUNT):
        yield {"id": f"mail-{number}", "text": texts[number % 2],
               "prompt": "welcome-email@2.1.0", "context": CONTEXT}


def terms():
    return [term for term in read("terms.txt").split("\n") if term]


def project():
    """Makes the project of `tollgate init` with the rules of the workload and a large budget."""
    if not FOLDER.exists():
        subprocess.run(["tollgate", "init", FOLDER], check=True, stdout=subprocess.DEVNULL)
    limits = json.loads(read("limits.json"))
    own = {"min_words": limits["min_words"], "max_words": limits["max_words"],
           "max_words_per_sentence": limits["max_avg_sentence_words"],
           "min_flesch": limits["min_flesch"]}
    own = ", ".join(f"{key} = {value}" for key, value in own.items())
    path = FOLDER / "gates/welcome-email.toml"
    gate = path.read_text()
    gate = re.sub(r'config = \{ max_words_per.*?\nmode = "advise".*?\n(#.*\n)?fail-open = .*',
                  f"config = {{ {own} }}", gate)
    gate = re.sub(r'(per-day|per-month|per-campaign) = ".*"', r'\1 = "9000000.00"', gate)
    path.write_text(gate)
    (FOLDER / "config/banned-terms.json").write_text(json.dumps({"terms": terms()}))
    with open(FOLDER / "mails.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(mail, ensure_ascii=False) + "\n" for mail in mails())


def check(options):
    """Runs the tool once; returns CPU seconds and peak memory in MiB."""
    command = ["/usr/bin/env", "time", "-f", "%U %S %M", "tollgate", "check", "--gate",
               "welcome-email", "mails.jsonl", "--format", "jsonl", *options]
    ran = subprocess.run(command, cwd=FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                         text=True)
    user, system, kib = ran.stderr.strip().split("\n")[-1].split()
    return float(user) + float(system), int(kib) // 1024


def release(number):
    """Publishes the gate in a new ledger, and returns the ledger's file name."""
    ledger = f"ledger-{number}.db"
    subprocess.run(["tollgate", "release", "--by", "Bench", "--ledger", ledger], cwd=FOLDER,
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return ledger


def processes(count):
    """Checks all outputs in one process, and again divided between several at one ledger."""
    project()
    lines = (FOLDER / "mails.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    share = -(-len(lines) // count)
    for number in range(count):
        part = "".join(lines[number * share:(number + 1) * share])
        (FOLDER / f"part-{number}.jsonl").write_text(part, encoding="utf-8")
    parts = [f"part-{number}.jsonl" for number in range(count)]
    best = {1: 0, count: 0}
    for number in range(ROUNDS):
        for files in (["mails.jsonl"], parts):
            ledger = release(number)
            command = ["tollgate", "check", "--gate", "welcome-email", "--format", "jsonl",
                       "--ledger", ledger]
            started = time.monotonic()
            ran = [subprocess.Popen([*command, file], cwd=FOLDER, stdout=subprocess.DEVNULL)
                   for file in files]
            # Every other e-mail of a file has faults, so the exit code is 1.
            assert all(process.wait() == 1 for process in ran)
            speed = COUNT / (time.monotonic() - started)
            best[len(files)] = max(best[len(files)], speed)
            for path in FOLDER.glob("ledger-*.db*"):
                path.unlink()
    for number, speed in best.items():
        print(f"{number} processes at one ledger: {speed:.0f} outputs per second")


def tool():
    project()
    check(["--no-record"])
    for name, options in [("not recorded", ["--no-record"]), ("recorded", [])]:
        runs = []
        for number in range(ROUNDS):
            runs.append(check(options or ["--ledger", release(number)]))
            for path in FOLDER.glob("ledger-*.db*"):
                path.unlink()
        cpu, mib = min(runs)
        print(f"{name}: {COUNT / cpu:.0f} outputs per CPU second, {mib} MiB")


def rules():
    """Returns the rules of the workload as plain Python functions."""
    words = "|".join(re.escape(term) for term in sorted(terms(), key=len, reverse=True))
    banned = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    patterns = {kind: re.compile(pattern, re.ASCII)
                for kind, pattern in json.loads(read("regexes.json")).items()}
    limits = json.loads(read("limits.json"))
    word, sentence = re.compile(r"[A-Za-z']+"), re.compile(r"[.!?]+(?:\s|$)")
    vowels = re.compile(r"[aeiouy]+", re.IGNORECASE)

    def luhn(number):
        digits = [int(digit) for digit in reversed(number) if digit.isdigit()]
        return sum(digits[0::2] + [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]) % 10 == 0

    def pii(text):
        found = [(kind, match.group()) for kind, pattern in patterns.items()
                 for match in pattern.finditer(text)]
        return [(kind, match) for kind, match in found if kind != "card" or luhn(match)]

    def readability(text):
        words = word.findall(text)
        count, sentences = len(words) or 1, len(sentence.findall(text)) or 1
        syllables = sum(len(vowels.findall(each)) or 1 for each in words)
        flesch = 206.835 - 1.015 * count / sentences - 84.6 * syllables / count
        fits = (limits["min_words"] <= count <= limits["max_words"]
                and count / sentences <= limits["max_avg_sentence_words"]
                and flesch >= limits["min_flesch"])
        return [] if fits else ["readability"]

    return {"banned": banned.findall, "pii": pii, "readability": readability}


def rails():
    """Measures the same rules as Guardrails validators, without recording."""
    # Without this, it sends traces and waits for a server that does not answer.
    os.environ["OTEL_SDK_DISABLED"] = "true"
    from guardrails import Guard
    from guardrails.validators import FailResult, PassResult, Validator, register_validator

    def validator(name, find):
        class Rule(Validator):
            def validate(self, value, metadata):
                found = find(value)
                return FailResult(error_message=str(found)) if found else PassResult()
        return register_validator(name=f"bench/{name}", data_type="string")(Rule)(on_fail="noop")

    guard = Guard().use(*(validator(name, find) for name, find in rules().items()))
    texts = [mail["text"] for mail in mails()]
    assert [guard.validate(text).validation_passed for text in texts[:2]] == [True, False]
    best = 0
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_SELF)
        for text in texts:
            guard.validate(text)
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = max(best, COUNT / cpu)
    print(f"Guardrails AI: {best:.0f} outputs per CPU second, {after.ru_maxrss // 1024} MiB")


if "--rails" in sys.argv:
    rails()
elif "--processes" in sys.argv:
    processes(int(sys.argv[sys.argv.index("--processes") + 1]))
else:
    tool()
