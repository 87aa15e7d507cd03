"""State of a gate after a history of events: level, track record, incidents, figures, money and the queue."""

from .track_record import longest_review_ms
from .units import day_of, normalize_name, parse_money, same_person


class History:
    """State of one gate. Events are applied in the order of the ledger; their times decide no order."""

    def __init__(self, events, now_ms):
        self.level = None
        self.figures = {}
        self.campaigns = {}
        self.spent_today = 0
        self.spent = 0
        self.runs_today = 0
        self.rulings = {}
        self.held_since = {}
        self.edited_into = set()
        # Outputs that wait for an audit, since when.
        self.waiting = {}
        # What approvals are measured by: outputs, claims with their first moment, and the last review of each person.
        self.outputs = {}
        self.claims = {}
        self.last_review = {}
        self.approval_ms = {}
        # Places of events: of the current one, of the first decision on each run, and of the last level change.
        self._place = self._level_place = 0
        self._first_decided = {}
        self.uncounted = 0
        self._today = day_of(now_ms)
        self._start_record()
        for self._place, entry in enumerate(events, 1):
            [(kind, event)] = entry["event"].items()
            apply = getattr(self, f"_apply_{kind}", None)
            if apply is not None:
                apply(entry["at"], event)

    def _start_record(self):
        """Starts the track record and the incidents anew, as a change of level does."""
        self.cycles = []
        self.incidents = []

    def _apply_level(self, at_ms, event):
        self.level = {"level": event["to"], "since": at_ms}
        self._level_place = self._place
        self.figures = {kpi: (value, measured_ms, False) for kpi, (value, measured_ms, _) in self.figures.items()}
        self._start_record()

    def _apply_incident(self, at_ms, event):
        self.incidents.append(("incident", at_ms, ""))
        self._refute(event.get("run"), at_ms)

    def _apply_rollback(self, at_ms, event):
        kind = "release-rollback" if "release" in event else "rollback"
        self.incidents.append((kind, at_ms, ""))
        self._refute(event.get("run"), at_ms)

    def _refute(self, run, at_ms):
        """Ends the audit of an output that was taken back or that an incident names, as if it had been rejected."""
        if run in self.waiting:
            del self.waiting[run]
            self._count(run, "rejected", at_ms)

    def _apply_kpi(self, at_ms, event):
        self.figures[event["kpi"]] = (event["value"], at_ms, True)

    def _apply_spend(self, at_ms, event):
        amount = parse_money(event["amount"])
        self.spent += amount
        if day_of(at_ms) == self._today:
            self.spent_today += amount
        if "campaign" in event:
            self.campaigns[event["campaign"]] = self.campaigns.get(event["campaign"], 0) + amount

    def _apply_run(self, at_ms, event):
        run, decision = event["run"], event["decision"]
        is_new = run not in self.rulings
        if is_new and day_of(at_ms) == self._today:
            self.runs_today += 1
        self.rulings[run] = decision["ruling"]
        self._first_decided.setdefault(run, self._place)
        self.outputs.setdefault(run, event.get("output", event["subject"]))
        if "edited-from" in event:
            self.edited_into.add(run)
        for reason in decision["reasons"]:
            if reason["code"] == "failure" and reason["mode"] == "enforce" and reason.get("fails-ordinary", False):
                self._add_failure(at_ms, reason["contract"])
        if decision["ruling"] == "hold":
            self.held_since.setdefault(run, at_ms)
        elif run in self.held_since:
            del self.held_since[run]
            self._count(run, "approved", at_ms)
        elif decision.get("audit"):
            self.waiting.setdefault(run, at_ms)

    def _add_failure(self, at_ms, contract):
        """Adds a failure of a contract. It has one entry, with its latest failure."""
        for place, (kind, _, name) in enumerate(self.incidents):
            if kind == "contract-failed" and name == contract:
                self.incidents[place] = (kind, at_ms, contract)
                return
        self.incidents.append(("contract-failed", at_ms, contract))

    def _apply_claim(self, at_ms, event):
        run, by = event["run"], event["by"]
        if run in self.held_since or run in self.waiting:
            is_again = run in self.claims and same_person(self.claims[run][0], by)
            self.claims[run] = (by, self.claims[run][1] if is_again else at_ms)

    def _measure_approval(self, at_ms, event):
        """Measures an approval of an output that waits. Of several, the shortest counts."""
        run, by = event["run"], event["by"]
        begins_ms = [self.held_since.get(run, self.waiting.get(run))]
        if run in self.claims and same_person(self.claims[run][0], by):
            begins_ms.append(self.claims[run][1])
        if normalize_name(by) in self.last_review:
            begins_ms.append(self.last_review[normalize_name(by)])
        longest_ms = longest_review_ms(at_ms, begins_ms, event.get("time-ms"))
        self.approval_ms[run] = min(self.approval_ms.get(run, longest_ms), longest_ms)

    def _apply_review(self, at_ms, event):
        run, kind = event["run"], event["action"]["kind"]
        if run in self.held_since or run in self.waiting:
            if kind == "approve":
                self._measure_approval(at_ms, event)
            self.claims.pop(run, None)
        self.last_review[normalize_name(event["by"])] = at_ms
        if run in self.held_since and kind in ("reject", "edit"):
            del self.held_since[run]
            self._count(run, "rejected" if kind == "reject" else "edited", at_ms)
        elif run in self.waiting and kind in ("approve", "reject"):
            del self.waiting[run]
            self._count(run, "approved" if kind == "approve" else "rejected", at_ms)

    def _count(self, run, what, at_ms):
        """Counts an output that leaves the queue; what a reviewer edited it into does not count again. An output that
        was decided before the last level change was decided at another level."""
        if run in self.edited_into:
            return
        if self._first_decided[run] < self._level_place:
            self.uncounted += 1
            return
        longest_ms = self.approval_ms.get(run) if what == "approved" else None
        self.cycles.append((self.outputs[run], what, longest_ms, at_ms))

    def oldest_hold_ms(self):
        return min(self.held_since.values(), default=None)
