//! What a run costs, and whether the budget reaches.

use tollgate_model::{Budget, Cause, Date, Money, Period, Price, Share};

use crate::{Case, Facts, Reasons};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// Moments are counted from a Thursday on, and weeks begin on Mondays.
const DAYS_FROM_MONDAY: u64 = 3;
const MILLION: u128 = 1_000_000;

/// When the present day, week or month began, in the calendar of the gate (UTC). A campaign is no
/// time.
pub fn window(period: Period, now_ms: u64) -> Option<u64> {
    let day = now_ms / DAY_MS;
    match period {
        Period::Day => Some(day * DAY_MS),
        Period::Week => {
            let since_monday = (day + DAYS_FROM_MONDAY) % 7;
            Some(day.saturating_sub(since_monday) * DAY_MS)
        }
        Period::Month => Some(Date::of_ms(now_ms).first_of_month().start_ms()),
        Period::Campaign => None,
    }
}

/// What tokens cost, rounded up: nothing is free because it is small.
pub fn cost_of_tokens(price: &Price, input_tokens: u64, output_tokens: u64) -> Money {
    let part = |tokens: u64, per_million: Money| {
        let micros = (u128::from(tokens) * u128::from(per_million.micros())).div_ceil(MILLION);
        Money::of_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    };
    let input = part(input_tokens, price.per_million_input);
    price.per_run.plus(input).plus(part(output_tokens, price.per_million_output))
}

/// What a run costs: what the caller says, or else what its tokens cost; nothing, where neither
/// is known.
pub fn cost(budget: &Budget, facts: &Facts) -> Option<Money> {
    if facts.cost.is_some() {
        return facts.cost;
    }
    let price = budget.prices.get(facts.model.as_deref()?)?;
    let free = Money::ZERO;
    if price.per_million_input == free && price.per_million_output == free {
        return Some(price.per_run);
    }
    Some(cost_of_tokens(price, facts.input_tokens?, facts.output_tokens?))
}

/// At a cap it stops; before it, it is told. Tells what the run costs.
pub(crate) fn rule(case: &Case<'_>, reasons: &mut Reasons) -> Option<Money> {
    let budget = case.gate.budget.as_ref()?;
    let cost = cost(budget, case.facts);
    if cost.is_none() && budget.has_cap() {
        reasons.add(Cause::CostUnknown { model: case.facts.model.clone() });
    }
    if budget.per_campaign.is_some() && case.facts.campaign.is_none() {
        reasons.add(Cause::CampaignUnknown);
    }
    for period in Period::ALL {
        if let Some(cap) = budget.cap(period) {
            let spent = case.state.spent.of(period).plus(cost.unwrap_or(Money::ZERO));
            reach(budget, period, cap, spent, reasons);
        }
    }
    cost
}

fn reach(budget: &Budget, period: Period, cap: Money, spent: Money, reasons: &mut Reasons) {
    if spent > cap {
        reasons.add(Cause::BudgetExceeded { period, cap, spent });
    } else if budget.warn_from.is_some_and(|share| is_from(share, spent, cap)) {
        reasons.add(Cause::BudgetWarning { period, cap, spent });
    }
}

/// Whether so much is a share of the cap, or more.
fn is_from(share: Share, spent: Money, cap: Money) -> bool {
    let part = u128::from(cap.micros()) * u128::from(share.millionths());
    u128::from(spent.micros()) * MILLION >= part && spent > Money::ZERO
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(text: &str) -> u64 {
        text.parse::<Date>().unwrap().start_ms()
    }

    #[test]
    fn periods_begin_with_the_calendar() {
        // A Wednesday.
        let now = start("2026-03-18") + 5;
        assert_eq!(window(Period::Day, now), Some(start("2026-03-18")));
        assert_eq!(window(Period::Week, now), Some(start("2026-03-16")));
        assert_eq!(window(Period::Month, now), Some(start("2026-03-01")));
        assert_eq!(window(Period::Campaign, now), None);
        let (sunday, monday) = (start("2026-03-16") - 1, start("2026-03-16"));
        assert_eq!(window(Period::Week, sunday), Some(start("2026-03-09")));
        assert_eq!(window(Period::Week, monday), Some(monday));
        assert_eq!(window(Period::Week, 0), Some(0));
    }

    #[test]
    fn tokens_cost_what_they_cost_and_never_nothing() {
        let price = Price {
            per_million_input: "3".parse().unwrap(),
            per_million_output: "15".parse().unwrap(),
            per_run: "0.01".parse().unwrap(),
        };
        assert_eq!(cost_of_tokens(&price, 1_000, 200).to_string(), "0.016");
        let cheap = Price { per_million_input: Money::of_micros(1), ..Price::default() };
        assert_eq!(cost_of_tokens(&cheap, 1, 0), Money::of_micros(1));
        let much = cost_of_tokens(&price, u64::MAX, u64::MAX);
        assert_eq!(much, Money::of_micros(u64::MAX));
    }
}
