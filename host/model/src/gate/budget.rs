//! What a task may cost.

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Money, Share, Words};

/// Caps, and what models cost. Days, weeks and months are those of the calendar (UTC).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Budget {
    /// What the amounts are in, such as `EUR`.
    pub currency: Words,
    /// The cap of a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_day: Option<Money>,
    /// The cap of a week, from Monday on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_week: Option<Money>,
    /// The cap of a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_month: Option<Money>,
    /// The cap of each campaign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_campaign: Option<Money>,
    /// From which share of a cap on it is told; at the cap it stops.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warn_from: Option<Share>,
    /// What models cost, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: BTreeMap<String, Price>,
}

/// What a model costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Price {
    /// A million tokens that it reads.
    #[serde(default)]
    pub per_million_input: Money,
    /// A million tokens that it writes.
    #[serde(default)]
    pub per_million_output: Money,
    /// Each time that it is asked.
    #[serde(default)]
    pub per_run: Money,
}

/// What a cap is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// A day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A month.
    Month,
    /// One campaign, however long.
    Campaign,
}

impl Period {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Campaign];
}

impl Budget {
    /// The cap of a period, where there is one.
    pub fn cap(&self, period: Period) -> Option<Money> {
        match period {
            Period::Day => self.per_day,
            Period::Week => self.per_week,
            Period::Month => self.per_month,
            Period::Campaign => self.per_campaign,
        }
    }

    /// Whether anything is capped.
    pub fn has_cap(&self) -> bool {
        Period::ALL.into_iter().any(|period| self.cap(period).is_some())
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Campaign => "campaign",
        })
    }
}
