"""Compares the state that the host's ledger has after a history with that of the model."""

from .compare import Comparison
from .history import History
from .units import parse_moment, parse_money


def compare_history(world, coverage):
    comparison, host = Comparison(), world["answer"]
    model = History(world["events"], world["now"])
    comparison.expect("level in the ledger", host["level"], model.level)
    record = host["track-record"]
    reviewed = [record[key] for key in ("approved", "edited", "rejected")]
    comparison.expect("track record", reviewed, [model.approved, model.edited, model.rejected])
    moments = [parse_moment(record[key]) for key in ("first", "last")]
    comparison.expect("moments of the track record", moments, [model.first_ms, model.last_ms])
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
