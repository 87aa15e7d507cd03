"""Compares the state that the host's ledger has after a history with that of the model."""

from .compare import Comparison
from .history import History
from .track_record import LEAST_REVIEW_MS, track_record
from .units import parse_moment, parse_money


def compare_history(world, coverage):
    comparison, host = Comparison(), world["answer"]
    model = History(world["events"], world["now"])
    comparison.expect("level in the ledger", host["level"], model.level)
    record = host["track-record"]
    cycles = [
        (cycle["output"], cycle["result"], cycle["approval-ms"], parse_moment(cycle["at"])) for cycle in host["cycles"]
    ]
    comparison.expect("cycles", sorted(cycles, key=str), sorted(model.cycles, key=str))
    expected = track_record(model.cycles, LEAST_REVIEW_MS)
    counts = {key: record[key] for key in ("approved", "edited", "rejected", "copies", "too-short")}
    comparison.expect("track record", counts, {key: expected[key] for key in counts})
    moments = [parse_moment(record[key]) for key in ("first", "last")]
    comparison.expect("moments of the track record", moments, [expected["first-ms"], expected["last-ms"]])
    if record["copies"]:
        coverage["copies of an output"] += 1
    if record["too-short"]:
        coverage["approvals that were too short"] += 1
    incidents = [
        (incident["kind"], parse_moment(incident["at"]), incident.get("contract", ""))
        for incident in host["incidents"]
    ]
    comparison.expect("incidents", sorted(incidents), sorted(model.incidents))
    figures = {
        kpi: (reading["value"], parse_moment(reading["at"]), reading["is-new"])
        for kpi, reading in host["figures"].items()
    }
    comparison.expect("figures", figures, model.figures)
    comparison.expect("oldest hold", host["oldest-hold"], model.oldest_hold_ms())
    campaigns = {campaign: parse_money(amount) for campaign, amount in host["campaigns"]}
    comparison.expect("spent on campaigns", campaigns, model.campaigns)
    comparison.expect("spent today", parse_money(host["today"]["spent"]), model.spent_today)
    comparison.expect("runs today", host["today"]["runs"], model.runs_today)
    comparison.expect("spent", parse_money(host["ever"]["spent"]), model.spent)
    comparison.expect("differences of projections", host["differences"], 0)
    for entry in world["events"]:
        [kind] = entry["event"]
        coverage[f"event {kind}"] += 1
    if model.uncounted:
        coverage["outputs of another level"] += 1
    coverage["history with incidents" if incidents else "history without incidents"] += 1
    return comparison.differences
