"""The rules about one output: guardrails, budget, model, data, tools and prompt. Each yields its reasons."""

from .record import CAPS
from .reasons import Reason
from .units import (
    day_of, has_ended, mixes_alphabets, normalize_topic, parse_day, parse_money, parse_share, same_topic,
)  # fmt: skip
from .versions import accepts

# The largest amount that can be written: one billion and all decimals. More counts as this.
MONEY_MAX = 1_000_000_000_999_999


def guardrail_reasons(gate, facts, state):
    if facts.is_blank:
        yield Reason("output-blank")
    guardrails = gate.get("guardrails", {})
    channels = guardrails.get("channels")
    if channels:
        if facts["channel"] is None:
            yield Reason("channel-unknown")
        elif facts["channel"] not in channels:
            yield Reason("channel-not-allowed", channel=facts["channel"])
    blocked = guardrails.get("blocked-topics")
    if blocked:
        if facts["topics"] is None and "topics-judged-by" not in guardrails:
            yield Reason("topics-unknown")
        names = list(map(normalize_topic, blocked))
        for topic in facts["topics"] or []:
            if any(same_topic(name, normalize_topic(topic)) for name in names):
                yield Reason("topic-blocked", topic=topic)
            elif mixes_alphabets(normalize_topic(topic)):
                yield Reason("context-unreadable", key="topics")
    voice = guardrails.get("brand-voice")
    if voice is not None:
        if state["brand-voice"] != voice["digest"]:
            yield Reason("brand-voice-changed")
        if facts["brand-voice"] not in (None, voice["digest"]):
            yield Reason("brand-voice-mismatch")
    required = guardrails.get("confidence")
    if required is not None:
        if facts["confidence"] is None:
            yield Reason("confidence-unknown")
        elif facts["confidence"] < parse_share(required):
            yield Reason("confidence-low")


def run_cost(gate, facts):
    """Returns the cost in millionths: the stated one, or else that of the model's tokens. `None` if unknown."""
    if facts["cost"] is not None:
        return facts["cost"]
    price = gate.get("budget", {}).get("prices", {}).get(facts["model"])
    if price is None:
        return None
    prices = [parse_money(price.get(f"per-million-{kind}", "0")) for kind in ("input", "output")]
    tokens = [facts["input-tokens"], facts["output-tokens"]]
    if any(prices) and None in tokens:
        return None
    # Rounded up for each kind of token, so that small amounts are never free.
    costs = [-(-per_million * (count or 0) // 1_000_000) for per_million, count in zip(prices, tokens)]
    return min(sum(costs) + parse_money(price.get("per-run", "0")), MONEY_MAX)


def budget_reasons(gate, facts, state):
    budget = gate.get("budget")
    if budget is None or not any(key in budget for key in CAPS.values()):
        return
    cost = run_cost(gate, facts)
    if cost is None:
        yield Reason("cost-unknown")
    for period, key in CAPS.items():
        if key not in budget:
            continue
        if period == "campaign" and facts["campaign"] is None:
            yield Reason("campaign-unknown")
        if state.get("is-paid-for"):
            continue
        cap, spent = parse_money(budget[key]), min(state["spent"][period] + (cost or 0), MONEY_MAX)
        if spent > cap:
            yield Reason("budget-exceeded", period=period)
        elif spent and "warn-from" in budget and spent * 1_000_000 >= cap * parse_share(budget["warn-from"]):
            yield Reason("budget-warning", period=period)


def model_reasons(gate, facts, now_ms):
    model, today = facts["model"], day_of(now_ms)
    if model is None:
        yield Reason("model-unknown")
        return
    approvals = [approval for approval in gate.get("approvals", []) if approval["model"] == model]
    ended = [approval for approval in approvals if "until" in approval and has_ended(approval["until"], now_ms)]
    if any(approval not in ended and parse_day(approval["on"]) <= today for approval in approvals):
        return
    if ended:
        yield Reason("model-approval-expired", model=model)
    else:
        yield Reason("model-not-approved", model=model)


def data_reasons(gate, facts):
    entries = {entry["class"]: entry for entry in gate.get("data") or []}
    if facts["data-classes"] is None:
        # A gate that lists no data has nothing to ask about it.
        if entries:
            yield Reason("data-unknown")
        return
    for name in facts["data-classes"]:
        entry = entries.get(name)
        if entry is None:
            yield Reason("data-unlisted", **{"class": name})
            continue
        # An answer that is missing makes the record incomplete, and says nothing about the data.
        if entry.get("may-be-uploaded") is False:
            yield Reason("data-forbidden", **{"class": name})
        if entry.get("consent-respected") is False:
            yield Reason("consent-not-respected", **{"class": name})
        if entry.get("region-restricted"):
            if facts["region"] is None:
                yield Reason("region-unknown", **{"class": name})
            elif facts["region"] not in entry.get("regions", []):
                yield Reason("region-not-allowed", **{"class": name})


def tool_reasons(gate, facts):
    allowed = {tool for system in gate.get("access", []) for tool in system.get("tools", [])}
    if facts.tool is not None and facts.tool not in allowed:
        yield Reason("tool-not-allowed", tool=facts.tool)


def prompt_reasons(gate, facts, state):
    required, prompt, pinned = gate.get("prompt"), facts.prompt, state["pinned-prompt"]
    if required is None:
        return
    if prompt is None:
        yield Reason("prompt-unknown")
    elif pinned is not None:
        if any(prompt[key] != pinned[key] for key in ("name", "version", "digest")):
            yield Reason("prompt-mismatch")
    else:
        name, _, versions = required.partition("@")
        if prompt["name"] != name or not accepts(versions or "*", prompt["version"]):
            yield Reason("prompt-mismatch")
