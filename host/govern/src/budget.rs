//! The budget rule: the cost of a run, and the caps of the gate.

use std::ops::RangeInclusive;

use tollgate_model::{Budget, BudgetPeriod, Date, ModelPrice, Money, ReasonKind, Share};

use crate::{DecisionInput, OutputFacts, Reasons};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// 1970-01-01 was a Thursday, three days after the Monday that its week began with.
const DAYS_FROM_MONDAY: u64 = 3;
const MILLION: u128 = 1_000_000;

/// Returns the first and last millisecond of the current day, week or month (UTC); `None` for campaigns, which have
/// none. Spending counts to the end of a period, because another clock may be ahead.
pub fn period_ms(period: BudgetPeriod, now_ms: u64) -> Option<RangeInclusive<u64>> {
    let day = now_ms / DAY_MS;
    let (first, last) = match period {
        BudgetPeriod::Day => (day, day),
        BudgetPeriod::Week => {
            let since_monday = (day + DAYS_FROM_MONDAY) % 7;
            (day.saturating_sub(since_monday), day + 6 - since_monday)
        }
        BudgetPeriod::Month => {
            let today = Date::from_ms(now_ms);
            let day_of = |date: Date| date.start_ms() / DAY_MS;
            (day_of(today.first_of_month()), day_of(today.last_of_month()))
        }
        BudgetPeriod::Campaign => return None,
    };
    Some(first * DAY_MS..=last.saturating_mul(DAY_MS).saturating_add(DAY_MS - 1))
}

/// Returns the cost of tokens, rounded up so that small amounts are never free.
pub fn token_cost(price: &ModelPrice, input_tokens: u64, output_tokens: u64) -> Money {
    let part = |tokens: u64, per_million: Money| {
        let micros = (u128::from(tokens) * u128::from(per_million.micros())).div_ceil(MILLION);
        Money::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    };
    let input = part(input_tokens, price.per_million_input);
    price.per_run.plus(input).plus(part(output_tokens, price.per_million_output))
}

/// Returns the stated cost of a run, else the cost of its tokens, or `None` if neither is known.
pub fn run_cost(budget: &Budget, facts: &OutputFacts) -> Option<Money> {
    if facts.cost.is_some() {
        return facts.cost;
    }
    let price = budget.prices.get(facts.model.as_deref()?)?;
    let free = Money::ZERO;
    // A model with a price per run only needs no token counts.
    if price.per_million_input == free && price.per_million_output == free {
        return Some(price.per_run);
    }
    Some(token_cost(price, facts.input_tokens?, facts.output_tokens?))
}

/// Blocks above a cap and warns before it. Returns the cost of the run, if it is known.
///
/// A cap stops new outputs. One that was within the cap when it was held is paid for, so approving or editing it spends
/// nothing, whatever was spent since.
pub(crate) fn add_reasons(input: &DecisionInput<'_>, reasons: &mut Reasons) -> Option<Money> {
    let budget = input.gate.budget.as_ref()?;
    let cost = run_cost(budget, input.facts);
    if cost.is_none() && budget.has_cap() {
        reasons.add(ReasonKind::CostUnknown { model: input.facts.model.clone() });
    }
    if budget.per_campaign.is_some() && input.facts.campaign.is_none() {
        reasons.add(ReasonKind::CampaignUnknown);
    }
    if input.state.is_paid_for {
        return cost;
    }
    for period in BudgetPeriod::ALL {
        if let Some(cap) = budget.cap(period) {
            // An unknown cost counts as zero here, because `CostUnknown` holds the output anyway.
            let spent = input.state.spent.in_period(period).plus(cost.unwrap_or(Money::ZERO));
            check_cap(budget, period, cap, spent, reasons);
        }
    }
    cost
}

fn check_cap(
    budget: &Budget,
    period: BudgetPeriod,
    cap: Money,
    spent: Money,
    reasons: &mut Reasons,
) {
    if spent > cap {
        let currency = Some(budget.currency.clone());
        reasons.add(ReasonKind::BudgetExceeded { period, cap, spent, currency });
    } else if budget.warn_from.is_some_and(|share| is_share_reached(share, spent, cap)) {
        let currency = Some(budget.currency.clone());
        reasons.add(ReasonKind::BudgetWarning { period, cap, spent, currency });
    }
}

/// Returns whether the money spent reaches a share of the cap.
pub fn is_share_reached(share: Share, spent: Money, cap: Money) -> bool {
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
    fn periods_follow_the_calendar() {
        let assert_period = |period, now, first: &str, next: &str| {
            assert_eq!(period_ms(period, now), Some(start(first)..=start(next) - 1), "{period:?}");
        };
        // A Wednesday.
        let now = start("2026-03-18") + 5;
        assert_period(BudgetPeriod::Day, now, "2026-03-18", "2026-03-19");
        assert_period(BudgetPeriod::Week, now, "2026-03-16", "2026-03-23");
        assert_period(BudgetPeriod::Month, now, "2026-03-01", "2026-04-01");
        assert_eq!(period_ms(BudgetPeriod::Campaign, now), None);
        let monday = start("2026-03-16");
        assert_period(BudgetPeriod::Week, monday - 1, "2026-03-09", "2026-03-16");
        assert_period(BudgetPeriod::Week, monday, "2026-03-16", "2026-03-23");
        assert_period(BudgetPeriod::Week, 0, "1970-01-01", "1970-01-05");
        for (now, first, next) in [
            ("2024-02-29", "2024-02-01", "2024-03-01"),
            ("2026-02-28", "2026-02-01", "2026-03-01"),
            ("2026-12-31", "2026-12-01", "2027-01-01"),
        ] {
            assert_period(BudgetPeriod::Month, start(now), first, next);
        }
    }

    #[test]
    fn every_moment_is_in_its_periods() {
        let last_day = start("9999-12-31");
        for period in [BudgetPeriod::Day, BudgetPeriod::Week, BudgetPeriod::Month] {
            for moment in [0, last_day, last_day + DAY_MS - 1] {
                assert!(
                    period_ms(period, moment).unwrap().contains(&moment),
                    "{period:?} {moment}"
                );
            }
        }
        assert_eq!(
            period_ms(BudgetPeriod::Day, u64::MAX).map(|times| *times.end()),
            Some(u64::MAX)
        );
    }

    #[test]
    fn token_costs_round_up() {
        let price = ModelPrice {
            per_million_input: "3".parse().unwrap(),
            per_million_output: "15".parse().unwrap(),
            per_run: "0.01".parse().unwrap(),
        };
        assert_eq!(token_cost(&price, 1_000, 200).to_string(), "0.016");
        let cheap =
            ModelPrice { per_million_input: Money::from_micros(1), ..ModelPrice::default() };
        assert_eq!(token_cost(&cheap, 1, 0), Money::from_micros(1));
        let much = token_cost(&price, u64::MAX, u64::MAX);
        assert_eq!(much, Money::from_micros(u64::MAX));
        assert_eq!(much.to_string().parse(), Ok(much), "it can be recorded");
    }
}
