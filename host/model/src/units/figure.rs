//! Values of KPIs and their limits. A figure is always finite, so that it can be compared and written
//! as JSON.

use std::{cmp::Ordering, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// A finite number with a total order.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Figure(f64);

impl Figure {
    /// Returns `None` for NaN and infinities.
    pub fn new(number: f64) -> Option<Self> {
        // Adding 0.0 turns -0.0 into 0.0, which `total_cmp` would tell apart.
        number.is_finite().then_some(Self(number + 0.0))
    }

    pub fn as_f64(self) -> f64 {
        self.0
    }
}

impl PartialEq for Figure {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Figure {}

impl PartialOrd for Figure {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Figure {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Self::new(number)
            .ok_or_else(|| D::Error::custom(format!("`{number}` is not a finite number")))
    }
}

impl JsonSchema for Figure {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Figure".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number" })
    }
}
