"""The rules about results of contracts."""

from collections import Counter

from .reasons import BLOCK, HOLD, NOTE, STRICTNESS, Reason
from .units import has_ended

ON_FAIL_DEFAULT = {"critical": BLOCK, "error": BLOCK, "warning": HOLD, "info": HOLD}
_CONTRADICTIONS = ("error", "critical")


def binding_id(binding):
    return binding.get("as") or binding["contract"].split("@")[0]


def outcome_of(report):
    """Returns the outcome that counts: a `pass` with an error contradicts itself and is a `fail`."""
    has_error = any(finding["severity"] in _CONTRADICTIONS for finding in report["findings"])
    return "fail" if report["outcome"] == "pass" and has_error else report["outcome"]


def vote(binding, reports):
    """Returns the outcome that enough reports have, or `None`, and the number that is enough."""
    counts = Counter(map(outcome_of, reports))
    required = binding.get("majority", binding.get("repeat", 1) // 2 + 1)
    enough = max(required, len(reports) // 2 + 1)
    agreed = [outcome for outcome in ("fail", "unsure", "pass") if counts[outcome] >= enough]
    return (agreed[0] if agreed else None), enough, counts


def _has_failure(check):
    return any(verdict["result"]["verdict"] == "failure" for verdict in check["verdicts"])


class ContractResults:
    """Reasons of all contracts, and the enforced contracts whose failure costs the gate a level."""

    def __init__(self, gate, checks, now_ms):
        self.reasons = []
        self.failed = []
        passed = []
        bindings = {binding_id(binding): binding for binding in gate.get("contracts", [])}
        for check in checks:
            if check["contract"] not in bindings:
                self.reasons.append(Reason("contract-unknown", contract=check["contract"]))
        for name, binding in bindings.items():
            own = [check for check in checks if check["contract"] == name]
            verdicts = [verdict["result"] for check in own for verdict in check["verdicts"]]
            is_complete = self._add_missing(name, binding, verdicts, now_ms)
            has_passed = self._add_vote(name, binding, verdicts) and is_complete
            if binding.get("mode", "enforce") == "enforce":
                # The output may be to blame for a failure, unless the contract fails on an ordinary output, too.
                if any(check.get("fails-ordinary", False) and _has_failure(check) for check in own):
                    self.failed.append(name)
                if has_passed:
                    passed.append(own[0]["determinism"])
        if not passed:
            self.reasons.append(Reason("nothing-passed"))
        elif "deterministic" not in passed and "allow-on-probabilistic-alone" not in gate:
            self.reasons.append(Reason("only-probabilistic"))

    def _add_missing(self, name, binding, verdicts, now_ms):
        """Adds failures and missing answers. Returns whether there are none."""
        mode = binding.get("mode", "enforce")
        fail_open = binding.get("fail-open")
        is_excused = mode == "advise" and fail_open is not None and not has_ended(fail_open["until"], now_ms)
        effect = {
            "enforce": binding.get("on-failure", BLOCK),
            "advise": NOTE if is_excused else HOLD,
            "shadow": NOTE,
        }[mode]
        failures = [verdict for verdict in verdicts if verdict["verdict"] == "failure"]
        for failure in failures:
            self.reasons.append(Reason("failure", effect, contract=name, kind=failure["kind"], mode=mode))
        expected = binding.get("repeat", 1)
        if len(verdicts) < expected:
            self.reasons.append(
                Reason("answers-missing", effect, contract=name, answers=len(verdicts), expected=expected, mode=mode)
            )
        return not failures and len(verdicts) >= expected

    def _add_vote(self, name, binding, verdicts):
        """Adds the reasons of the reports. Returns whether their vote is a pass."""
        mode = binding.get("mode", "enforce")
        reports = [verdict for verdict in verdicts if verdict["verdict"] == "report"]
        if not reports:
            return False
        outcome, enough, counts = vote(binding, reports)

        def effect(counted):
            return counted if mode == "enforce" else NOTE

        on_fail = ON_FAIL_DEFAULT | binding.get("on-fail", {})
        has_counted = False
        for report in reports:
            is_counted = outcome == "fail" and outcome_of(report) == "fail"
            for finding in report["findings"]:
                has_counted |= is_counted
                severity = finding["severity"]
                self.reasons.append(
                    Reason(
                        "finding",
                        effect(on_fail[severity]) if is_counted else NOTE,
                        contract=name,
                        rule=finding["rule"],
                        severity=severity,
                        mode=mode,
                    )
                )
        if outcome == "fail" and not has_counted:
            # One more finding must never make a decision milder.
            mildest = min(on_fail.values(), key=STRICTNESS.get)
            self.reasons.append(Reason("fail", effect(mildest), contract=name, mode=mode))
        if outcome == "unsure":
            self.reasons.append(Reason("unsure", effect(HOLD), contract=name, mode=mode))
        if outcome is None:
            answers = {key: counts[key] for key in ("fail", "pass", "unsure")}
            self.reasons.append(
                Reason("no-majority", effect(HOLD), contract=name, answers=answers, majority=enough, mode=mode)
            )
        return outcome == "pass"
