//! The same contracts, linked into this process instead of sandboxed.

use serde_json::Value;
use tollgate_sdk::{Refusal, Report, Subject};

use crate::workload::Workload;

type Judge = Box<dyn Fn(&Subject) -> Result<Report, Refusal>>;

/// Configures the four contracts.
pub fn configure_contracts(workload: &Workload) -> anyhow::Result<Vec<Judge>> {
    let [(_, banned), (_, pii), (_, readability), (_, schema)] = workload.configs();
    let refused = |refusal: Refusal| anyhow::anyhow!("{refusal:?}");
    let banned = banned_terms::configure(parse(banned)?).map_err(refused)?;
    let pii = pii::configure(parse(pii)?).map_err(refused)?;
    let readability = readability::configure(parse(readability)?).map_err(refused)?;
    let schema = json_schema::configure(parse(schema)?).map_err(refused)?;
    Ok(vec![
        Box::new(move |subject| banned_terms::judge(&banned, subject)),
        Box::new(move |subject| pii::judge(&pii, subject)),
        Box::new(move |subject| readability::judge(&readability, subject)),
        Box::new(move |subject| json_schema::judge(&schema, subject)),
    ])
}

fn parse<T: serde::de::DeserializeOwned>(config: Value) -> anyhow::Result<T> {
    Ok(serde_json::from_value(config)?)
}
