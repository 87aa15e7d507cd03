//! Tokens.

use tollgate_api::{Timestamp, TokenEntry, TokenRole, TokenStatus, TokensDocument};
use tollgate_model::FormatVersion;

use super::parts::AT;
use crate::wire_document::WireDocument;

pub fn documents() -> Vec<WireDocument> {
    let tokens = TokensDocument { format: FormatVersion, tokens: vec![valid(), revoked()] };
    vec![WireDocument::new("tokens", &["tollgate token list --json"], &tokens)]
}

fn valid() -> TokenEntry {
    TokenEntry {
        id: "7k2mq9x4bt".into(),
        person: "Kim Lee".parse().unwrap(),
        reviewer_roles: vec!["legal".parse().unwrap()],
        roles: vec![TokenRole::Submit, TokenRole::Review],
        gates: vec!["welcome-email".parse().unwrap()],
        state: TokenStatus::Valid,
        created_at: AT,
        created_by: "Dana Hill".parse().unwrap(),
        expires_at: Timestamp(AT.0 + 43_200_000),
        revoked_at: None,
        revoked_by: None,
    }
}

fn revoked() -> TokenEntry {
    TokenEntry {
        id: "0c8rz3wfyn".into(),
        person: "Sam Reed".parse().unwrap(),
        reviewer_roles: Vec::new(),
        roles: vec![TokenRole::Operate, TokenRole::Read],
        gates: Vec::new(),
        state: TokenStatus::Revoked,
        revoked_at: Some(Timestamp(AT.0 + 900_000)),
        revoked_by: Some("Dana Hill".parse().unwrap()),
        ..valid()
    }
}
