"""Checks that the model gives the tables of `docs/decide.md`, so that it is a model of what is written there."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path

from .coverage import EVERY_OUTPUT_HELD_PARTS, NOTHING_ALLOWED_PARTS
from .decide import Decision
from .reasons import CODES

_ROOT = Path(__file__).resolve().parents[3]
_NOW_MS = 1_796_083_200_000
_MODES = (("enforce", False), ("advise", False), ("advise", True), ("shadow", False))
_VOICE = "sha256:f76b3abacf1b642684caced1aa498b0cc2f754e6a0a393289ea17884d30d5824"


def _example():
    text = (_ROOT / "examples/newsletter/gates/welcome-email.toml").read_text()
    return json.loads(json.dumps(tomllib.loads(text), default=date.isoformat))


def _read_table(heading):
    """Returns the rows of the table below a heading, each as its cells."""
    text = (_ROOT / "docs/decide.md").read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def _report(outcome, *severities):
    findings = [{"rule": "rule", "severity": severity} for severity in severities]
    return {"result": {"verdict": "report", "outcome": outcome, "findings": findings}}


_RESULTS = {
    "`pass`": [_report("pass")],
    "`pass`, with a `warning`": [_report("pass", "warning")],
    "`pass`, with an `error` (a contradiction)": [_report("pass", "error")],
    "`fail`, with a `critical` finding": [_report("fail", "critical")],
    "`fail`, with an `error`": [_report("fail", "error")],
    "`fail`, with a `warning`": [_report("fail", "warning")],
    "`fail`, with an `info`": [_report("fail", "info")],
    "`fail`, without a finding": [_report("fail")],
    "`unsure`": [_report("unsure")],
    "three reports that disagree": [_report("pass"), _report("fail"), _report("unsure")],
    "a failure": [{"result": {"verdict": "failure", "kind": "deadline"}}],
    "no result: it was not run": [],
}


def _ruling(gate, verdicts, level):
    """Decides about an output that nothing is wrong with but the results of one contract."""
    others = {"contract": "acme/other", "determinism": "deterministic", "verdicts": [_report("pass")]}
    own = {"contract": "acme/own", "determinism": "deterministic", "verdicts": verdicts}
    figures = {"open-rate": {"value": 0.4, "at": "2026-11-30T00:00:00.000Z", "is-new": True}}
    recorded = {"scheme": "l0-l5", "level": level, "since": "2026-11-01T00:00:00.000Z"}
    context = {
        "channel": "email", "topics": [], "model": "acme/large", "confidence": 0.9, "campaign": "autumn",
        "region": "eu", "data-classes": ["contact"], "cost": "0.10",
    }  # fmt: skip
    world = {
        "gate": gate,
        "now": _NOW_MS,
        "subject": {"text": "a", "prompt": {"name": "welcome-email", "version": "2.1.0"}, "context": context},
        "subject-digest": "a",
        "run": "sha256:" + "f" * 64,
        "checks": [others] + ([own] if verdicts else []),
        "state": {
            "thresholds": {"delegate-max": 12, "human-max": 18},
            "level": None if level is None else recorded,
            "incidents": [],
            "figures": figures,
            "spent": dict.fromkeys(("day", "week", "month", "campaign"), 0),
            "earliest-review-due": None,
            "brand-voice": _VOICE,
            "pinned-prompt": None,
            "approval": None,
        },
    }
    return Decision(world).ruling


def _result_differences():
    for row in _read_table("Results of contracts"):
        for (mode, has_exception), written in zip(_MODES, row[1:]):
            own = {"contract": "acme/own@^1", "mode": mode}
            if row[0].startswith("three"):
                own["repeat"] = 3
            if has_exception:
                own["fail-open"] = {"owner": "Sam Reed", "until": "2027-01-31", "reason": "a reason"}
            gate = _example() | {"contracts": [{"contract": "acme/other@^1"}, own]}
            ruling = _ruling(gate, _RESULTS[row[0]], 4)
            if ruling != written:
                yield f"{row[0]}, {mode}, fail-open {has_exception}: {ruling} instead of {written}"


def _oversight_differences():
    for row in _read_table("Human oversight"):
        level = None if row[0].startswith("none") else int(row[0].split()[0])
        for pattern, written in zip(("in-the-loop", "over-the-loop", "on-the-loop", "shadow"), row[1:]):
            gate = _example() | {"contracts": [{"contract": "acme/other@^1"}, {"contract": "acme/own@^1"}]}
            gate["oversight"]["pattern"] = pattern
            if level is None:
                gate["autonomy"]["level"] = 4
            ruling = _ruling(gate, _RESULTS["`pass`"], level)
            if ruling != written:
                yield f"level {row[0]}, {pattern}: {ruling} instead of {written}"


def _code_differences():
    table = {}
    for code, _, effect, approvable, _ in _read_table("Reasons"):
        table[code.strip("`")] = (effect.removesuffix("\\*"), approvable)
    for code in sorted(CODES.keys() | table.keys()):
        if CODES.get(code) != table.get(code):
            yield f"reason {code}: {CODES.get(code)} instead of {table.get(code)}"


def _part_differences():
    written = [row[-1] for row in _read_table("Missing parts of a gate record")]
    counts = {
        "nothing is allowed": len(NOTHING_ALLOWED_PARTS),
        "every output is held": len(EVERY_OUTPUT_HELD_PARTS),
    }
    for consequence, count in counts.items():
        if written.count(consequence) != count:
            yield f"{count} parts instead of {written.count(consequence)}: {consequence}"


def find_differences():
    """Returns a sentence for each place in which the model and the tables differ."""
    finders = (_result_differences, _oversight_differences, _code_differences, _part_differences)
    return [difference for find in finders for difference in find()]


if __name__ == "__main__":
    differences = find_differences()
    print("\n".join(differences))
    raise SystemExit(bool(differences))
