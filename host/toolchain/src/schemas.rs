//! JSON Schemas of the files in a contract's folder, for editors.

use serde_json::Value;
use tollgate_model::{ContractFile, file_schema};

use crate::cases::ContractCase;

/// Returns the JSON Schema of `contract.toml`.
pub fn contract_file_schema() -> Value {
    file_schema::<ContractFile>("A contract of Tollgate")
}

/// Returns the JSON Schema of a test case of a contract.
pub fn contract_case_schema() -> Value {
    file_schema::<ContractCase>("A test case of a contract")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_valid(schema: &Value, value: &Value) -> bool {
        jsonschema::validator_for(schema).unwrap().is_valid(value)
    }

    #[test]
    fn schema_of_a_contract_accepts_and_refuses_like_the_reader() {
        let schema = contract_file_schema();
        let good = json!({
            "name": "acme/calm", "version": "1.0.0", "description": "d", "license": "MIT", "wit": "0.1.0",
            "rules": {"loud": {"severity": "error", "description": "d"}},
            "capabilities": {"log": "why"}, "stream": true, "prompts": {"welcome-email": "^2"},
        });
        assert!(is_valid(&schema, &good), "{schema:#}");
        serde_json::from_value::<ContractFile>(good.clone()).unwrap();
        for (key, value) in [
            ("version", json!("1")),
            ("prompts", json!(["welcome-email"])),
            ("rules", json!({"loud": {"severity": "awful", "description": "d"}})),
            ("colour", json!(1)),
        ] {
            let mut bad = good.clone();
            bad[key] = value;
            assert!(!is_valid(&schema, &bad), "{key}");
            assert!(serde_json::from_value::<ContractFile>(bad).is_err(), "{key}");
        }
    }

    #[test]
    fn schema_of_a_case_accepts_and_refuses_like_the_reader() {
        let schema = contract_case_schema();
        let good = json!({
            "$schema": "../vendor/tollgate/case.schema.json", "about": "why",
            "subject": {"text": "a", "context": {"channel": "email"}}, "config": {"max": 1},
            "given": {"clock": 1, "tables": {"claims": {"best": "yes"}}, "denied": ["log"]},
            "expect": {"outcome": "fail", "findings": [{"rule": "loud"}]},
        });
        assert!(is_valid(&schema, &good), "{schema:#}");
        serde_json::from_value::<ContractCase>(good.clone()).unwrap();
        for (key, value) in [
            ("expect", json!({"failure": "refuced"})),
            ("expect", json!({"outcome": "allow"})),
            ("subject", json!({"txt": "a"})),
            ("colour", json!(1)),
        ] {
            let mut bad = good.clone();
            bad[key] = value;
            assert!(!is_valid(&schema, &bad), "{key}");
            assert!(serde_json::from_value::<ContractCase>(bad).is_err(), "{key}");
        }
    }
}
