//! Judgements and checks.

use tollgate_api::report::CheckCounts;
use tollgate_api::{
    CaseDifferenceEntry, CheckDocument, ContractAnswer, ContractCaseResult, ContractTestDocument,
    ContractUse, ContractUser, ContractsDocument, DecidedOutput, InspectionDocument,
    JudgementDocument, JudgementRecord, JudgingContract, NotJudgedOutput, OutputResult,
    OutputResultLine, RequestedCapability, SnapshotSupport, StreamProgressLine, TestedContract,
    UsedContract,
};
use tollgate_model::{
    Capability, ContractRule, Determinism, FormatVersion, GatePurpose, HostAnswer, LogLevel,
    LogLine, Outcome, Report, RunLog, Severity,
};

use super::parts::{check as check_of_contract, decision, digest, finding, report};
use crate::wire_document::WireDocument;

pub fn documents() -> Vec<WireDocument> {
    vec![
        WireDocument::new(
            "judgement",
            &["tollgate judge --json", "tollgate judge --stream --json"],
            &judgement(),
        ),
        WireDocument::new(
            "stream-progress",
            &["tollgate judge --stream --json"],
            &StreamProgressLine { format: FormatVersion, settled: 25, findings: vec![finding()] },
        ),
        WireDocument::new("judgement-record", &["tollgate judge --record"], &judgement_record()),
        WireDocument::new("check", &["tollgate check --format json"], &check()),
        WireDocument::new(
            "checked-output",
            &["tollgate check --format jsonl"],
            &OutputResultLine { format: FormatVersion, result: decided() },
        ),
        WireDocument::new(
            "inspection",
            &["tollgate inspect --json", "GET /v1/contracts/{namespace}/{name}"],
            &inspection(),
        ),
        WireDocument::new("contracts", &["GET /v1/contracts"], &contracts()),
        WireDocument::new("contract-test", &["tollgate test --json"], &contract_test()),
    ]
}

fn judgement() -> JudgementDocument {
    let Report { findings, measures, .. } = report();
    JudgementDocument {
        format: FormatVersion,
        contract: JudgingContract {
            name: "tollgate/pii".parse().unwrap(),
            version: "1.2.0".parse().unwrap(),
            digest: digest("component"),
            config_digest: digest("{}"),
        },
        at: None,
        outcome: Some(Outcome::Fail),
        findings,
        measures,
        failure: None,
        fuel_used: 48_210,
        time_us: 310,
        answers: answers(),
        log: RunLog {
            lines: vec![LogLine { level: LogLevel::Info, message: "1 address".into() }],
            dropped: 0,
        },
    }
}

fn answers() -> Vec<HostAnswer> {
    let (table, key) = ("members".into(), "dana".into());
    vec![
        HostAnswer::Clock { now_ms: super::parts::AT.0 },
        HostAnswer::LookupGet { table, key, answer: Ok(Some("Dana Hill".into())) },
    ]
}

fn judgement_record() -> JudgementRecord {
    JudgementRecord {
        format: FormatVersion,
        contract: digest("component"),
        config: digest("{}"),
        subject: digest("subject"),
        answers: answers(),
    }
}

fn decided() -> OutputResult {
    let decision = decision();
    OutputResult::Decided(Box::new(DecidedOutput {
        id: "order-4711".into(),
        file: "outputs.jsonl".into(),
        line: Some(1),
        run: digest("run"),
        release: digest("release"),
        decision: decision.ruling,
        would_be: None,
        reasons: decision.reasons.iter().map(Into::into).collect(),
        contracts: ContractAnswer::all_of(&check_of_contract(), Some("Write to dana@example.com")),
        cost: decision.cost,
        undo_until: None,
        audit: false,
        ai_assisted: None,
        already_recorded: false,
    }))
}

fn check() -> CheckDocument {
    let not_judged = NotJudgedOutput {
        id: "outputs.jsonl:2".into(),
        file: "outputs.jsonl".into(),
        line: Some(2),
        decision: (),
        error: "cannot read output outputs.jsonl:2: unknown member `txet`".into(),
        code: None,
    };
    CheckDocument {
        format: FormatVersion,
        gate: "welcome-email".parse().unwrap(),
        release: digest("release"),
        purpose: GatePurpose::Delegation,
        runs: vec![decided(), OutputResult::NotJudged(not_judged)],
        summary: CheckCounts { held: 1, not_judged: 1, ..CheckCounts::default() },
    }
}

fn inspection() -> InspectionDocument {
    let rule = ContractRule {
        severity: Severity::Error,
        description: "an e-mail address in the text".into(),
    };
    InspectionDocument {
        format: FormatVersion,
        name: "tollgate/pii".parse().unwrap(),
        version: "1.2.0".parse().unwrap(),
        description: "finds personal data".into(),
        license: "Apache-2.0".into(),
        wit: "0.1.0".parse().unwrap(),
        digest: digest("component"),
        bytes: 412_338,
        capabilities: vec![RequestedCapability {
            name: Capability::Lookup,
            reason: Some("names of members are personal data".into()),
        }],
        determinism: Determinism::Deterministic,
        stream: true,
        snapshot: SnapshotSupport { possible: true, reason: None },
        rules: [("email".to_owned(), rule)].into(),
        prompts: [("welcome-email".parse().unwrap(), "^2.1".parse().unwrap())].into(),
        config_schema: serde_json::json!({"type": "object"}),
    }
}

fn contract_test() -> ContractTestDocument {
    let Report { outcome, findings, measures } = report();
    ContractTestDocument {
        format: FormatVersion,
        contract: TestedContract {
            name: "tollgate/pii".parse().unwrap(),
            version: "1.2.0".parse().unwrap(),
            digest: digest("component"),
        },
        passed: 0,
        failed: 1,
        cases: vec![ContractCaseResult {
            name: "an-address".into(),
            file: "cases/an-address.json".into(),
            passed: false,
            differences: vec![CaseDifferenceEntry {
                pointer: "/outcome".into(),
                expected: Some("pass".into()),
                actual: Some("fail".into()),
            }],
            error: None,
            outcome: Some(outcome),
            findings,
            measures,
            failure: None,
            log: RunLog::default(),
            fuel_used: Some(48_210),
            time_us: Some(310),
        }],
    }
}

fn contracts() -> ContractsDocument {
    let gate = "welcome-email".parse().unwrap();
    let used = UsedContract {
        name: "tollgate/pii".parse().unwrap(),
        version: "1.2.0".parse().unwrap(),
        digest: digest("component"),
        state: ContractUse::Serving,
        gates: vec![ContractUser { gate, state: ContractUse::Serving }],
    };
    ContractsDocument { format: FormatVersion, contracts: vec![used] }
}
