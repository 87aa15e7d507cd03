//! Budget of a task and prices of models.

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Money, NonBlankString, Share};

/// Spending caps and model prices. Days, weeks and months are those of the UTC calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Budget {
    /// Currency of all amounts, such as `EUR`.
    pub currency: NonBlankString,
    /// Cap per day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_day: Option<Money>,
    /// Cap per week, Monday to Sunday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_week: Option<Money>,
    /// Cap per month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_month: Option<Money>,
    /// Cap per campaign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_campaign: Option<Money>,
    /// Share of a cap from which on a warning is given. Outputs beyond the cap are blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warn_from: Option<Share>,
    /// Prices by model name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: BTreeMap<String, ModelPrice>,
}

/// Price of a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ModelPrice {
    /// Price of a million input tokens.
    #[serde(default)]
    pub per_million_input: Money,
    /// Price of a million output tokens.
    #[serde(default)]
    pub per_million_output: Money,
    /// Price of each run, in addition to tokens.
    #[serde(default)]
    pub per_run: Money,
}

/// Period of a cap.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum BudgetPeriod {
    Day,
    Week,
    Month,
    /// One campaign, whatever its length.
    Campaign,
}

impl BudgetPeriod {
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Campaign];
}

impl Budget {
    pub fn cap(&self, period: BudgetPeriod) -> Option<Money> {
        match period {
            BudgetPeriod::Day => self.per_day,
            BudgetPeriod::Week => self.per_week,
            BudgetPeriod::Month => self.per_month,
            BudgetPeriod::Campaign => self.per_campaign,
        }
    }

    /// Returns whether any period has a cap.
    pub fn has_cap(&self) -> bool {
        BudgetPeriod::ALL.into_iter().any(|period| self.cap(period).is_some())
    }
}

impl fmt::Display for BudgetPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Campaign => "campaign",
        })
    }
}
