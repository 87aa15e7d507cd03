//! Embeds the host: opens a project, checks three outputs, approves one, and verifies the ledger.
//!
//! Run it in a project that `tollgate init` made: `embed PROJECT_FOLDER PACKAGE_STORE`.
#![allow(clippy::print_stdout)]

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use tollgate::model::{ChecklistAnswer, Content, JsonText, Ruling, Subject};
use tollgate::review::{ReviewRequest, ReviewSubmission, Reviewer};
use tollgate::{Actor, CheckOutcome, Host, PackageStore, Project, Submission};
use tollgate_ledger_sqlite::SqliteLedger;

const CONTEXT: &str = r#"{"channel": "email", "model": "acme/large", "confidence": 0.93, "region": "eu",
    "campaign": "autumn", "data-classes": ["contact"], "input-tokens": 41, "output-tokens": 9}"#;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let folder = arguments.next().context("name the folder of a project")?;
    let store = arguments.next().context("name the folder of the package store")?;

    let ledger = SqliteLedger::open(&folder.join(".tollgate/ledger.db"))?;
    let host = Host::builder(Project::open(&folder)?)
        .ledger(Arc::new(ledger))
        .package_store(PackageStore::new(store))
        .build();
    let gate = host.gate(&"welcome-email".parse()?).await?;
    let actor = Actor::new("mail service".parse()?);

    let mut held = None;
    for text in ["Hello Dana, welcome!", "Act now, Lee!", "Hello Noor, write to kim@example.com."] {
        let (content, context) = (Content::Text(text.into()), JsonText::parse(CONTEXT)?);
        let subject = Subject { content, prompt: gate.prompt(), context };
        let CheckOutcome::Decided(run) = gate.check(Submission::new(subject), &actor).await? else {
            continue;
        };
        println!("{}: {text}", run.decision.ruling);
        if run.decision.ruling == Ruling::Hold {
            held = held.or(Some(run.run));
        }
    }

    let run = held.context("the gate of the example holds outputs")?;
    let answer = |item: &str, evidence: Option<&str>| -> Result<ChecklistAnswer> {
        let evidence = evidence.map(str::parse).transpose()?;
        Ok(ChecklistAnswer { item: item.parse()?, answer: "yes".parse()?, evidence })
    };
    let answers = vec![answer("promises", Some("the offer page"))?, answer("tone", None)?];
    let reviewer = Reviewer { person: "Kim Osei".parse()?, roles: Vec::new() };
    let submission = ReviewSubmission::new(reviewer).with_answers(answers);
    let approve = ReviewRequest::Approve { output: None };
    let review = host.review(&run.hex(), &submission, &approve).await?;
    println!("review: {}", review.outcome);

    println!("ledger: {}", if host.verify_ledger()?.is_sound() { "sound" } else { "not sound" });
    host.close();
    Ok(())
}
