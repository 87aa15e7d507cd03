//! The workload: subjects and rules. FULL checks a marketing letter for banned terms, personal
//! data and readability, and a JSON document against a schema.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::{Value, json};

/// Texts, documents and rules.
pub struct Workload {
    pub origin: &'static str,
    pub text_good: String,
    pub text_bad: String,
    pub document_good: String,
    pub document_bad: String,
    pub terms: Vec<String>,
    pub limits: Value,
    pub schema: Value,
    pub patterns: Value,
}

impl Workload {
    /// Reads the workload in `TOLLGATE_BENCH` or in the shared folder, else the examples of this
    /// repository.
    pub fn load() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let shared = root.join("../shared/bench/workload");
        let configured = std::env::var_os("TOLLGATE_BENCH").map(PathBuf::from);
        match configured.unwrap_or(shared) {
            folder if folder.is_dir() => Self::from_shared_folder(&folder),
            _ => Self::from_examples(&root.join("examples")),
        }
    }

    fn from_shared_folder(folder: &Path) -> anyhow::Result<Self> {
        let read = |name: &str| read(folder, name);
        Ok(Self {
            origin: "the shared benchmark workload",
            text_good: read("text_good.txt")?,
            text_bad: read("text_bad.txt")?,
            document_good: read("doc_good.json")?,
            document_bad: read("doc_bad.json")?,
            terms: lines(&read("terms.txt")?),
            limits: serde_json::from_str(&read("limits.json")?)?,
            schema: serde_json::from_str(&read("schema.json")?)?,
            patterns: serde_json::from_str(&read("regexes.json")?)?,
        })
    }

    fn from_examples(folder: &Path) -> anyhow::Result<Self> {
        let read = |name: &str| read(folder, name);
        Ok(Self {
            origin: "the examples of this repository",
            text_good: read("outputs/letter.txt")?,
            text_bad: read("outputs/letter-with-faults.txt")?,
            document_good: read("outputs/order.json")?,
            document_bad: read("outputs/order-with-faults.json")?,
            terms: lines(&read("config/terms.txt")?),
            limits: json!({"min_words": 10, "max_words": 400, "max_avg_sentence_words": 25, "min_flesch": 40}),
            schema: serde_json::from_str(&read("config/order.schema.json")?)?,
            patterns: json!({
                "email": r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,24}\b",
                "phone": r"(?:\+[0-9]{1,3}[ .-]?)?\(?\b[0-9]{2,4}\)?[ .-][0-9]{3,4}[ .-][0-9]{4}\b",
                "card": r"\b[0-9](?:[ -]?[0-9]){12,18}\b",
                "iban": r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b",
            }),
        })
    }

    /// Returns the configuration of each contract.
    pub fn configs(&self) -> [(&'static str, Value); 4] {
        let limit = |name: &str| self.limits[name].clone();
        [
            ("banned-terms", json!({"terms": self.terms})),
            ("pii", json!({"kinds": ["email", "phone", "card", "iban"]})),
            (
                "readability",
                json!({
                    "min_words": limit("min_words"),
                    "max_words": limit("max_words"),
                    "max_words_per_sentence": limit("max_avg_sentence_words"),
                    "min_flesch": limit("min_flesch"),
                }),
            ),
            ("json-schema", json!({"schema": self.schema})),
        ]
    }
}

fn read(folder: &Path, name: &str) -> anyhow::Result<String> {
    let path = folder.join(name);
    std::fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).filter(|line| !line.is_empty()).collect()
}
