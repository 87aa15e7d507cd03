//! Templates of gates: what they leave open, and that what is answered makes a complete record.

use tollgate_govern::completeness::{find_missing, find_missing_for_effect};
use tollgate_govern::read::{find_placeholders, read};
use tollgate_govern::review::{check_escalation_path, check_reviewer_list};
use tollgate_govern::score::ScoreThresholds;
use tollgate_model::{Date, OversightEffect, TextFileErrors};
use tollgate_project::{AnswerError, GateDraft, GateQuestion, GateTemplate, Project};

const PATH: &str = "gates/letters.toml";
const TODAY: &str = "2026-12-01";

fn draft(template: GateTemplate) -> GateDraft {
    GateDraft::new(PATH, template, &"letters".parse().unwrap(), TODAY.parse().unwrap())
}

/// Returns the example that a question gives, or else the first of the answers that it lists.
fn example(question: &str) -> &str {
    let listed = || question.split_once(": ").unwrap().1.split(',').next().unwrap();
    let given = question.split_once(", such as ").map(|(_, example)| example);
    given.unwrap_or_else(|| listed().split(" or ").next().unwrap())
}

fn fill(draft: &mut GateDraft) {
    for GateQuestion { question, .. } in draft.questions() {
        let answered = draft.answer_question(&question, example(&question));
        answered.unwrap_or_else(|error| panic!("{question}: {error}"));
    }
}

/// Creates a project with a brand voice document.
fn project() -> (tempfile::TempDir, Project) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tollgate.toml"), "").unwrap();
    std::fs::create_dir(folder.path().join("brand")).unwrap();
    std::fs::write(folder.path().join("brand/voice.md"), "Write plainly.\n").unwrap();
    let project = Project::open(folder.path()).unwrap();
    (folder, project)
}

#[test]
fn a_template_is_refused_for_exactly_its_placeholders() {
    for template in GateTemplate::ALL {
        let draft = draft(template);
        assert!(!draft.text().contains("{{"), "{}", draft.text());
        assert!(draft.text().starts_with("#:schema gate.schema.json\n"), "{}", draft.text());
        let placeholders = find_placeholders(draft.text());
        let errors = match read(PATH, draft.text()) {
            Ok(_) => Vec::new(),
            Err(TextFileErrors(errors)) => errors,
        };
        let spans: Vec<_> = errors.iter().filter_map(|error| error.span).collect();
        let expected: Vec<_> = placeholders.iter().map(|placeholder| placeholder.span).collect();
        assert_eq!(spans, expected, "{}: {errors:#?}", template.name());
        assert!(errors.iter().all(|error| error.message.contains("still the placeholder")));
        assert_eq!(errors.is_empty(), template == GateTemplate::Quality);
    }
}

#[test]
fn an_answered_template_is_a_complete_record() {
    let (_folder, project) = project();
    for template in GateTemplate::ALL {
        let mut draft = draft(template);
        fill(&mut draft);
        draft.agree_on_brand_voice(&project);
        assert_eq!(draft.questions(), []);
        let gate = read(PATH, draft.text()).unwrap_or_else(|errors| panic!("{errors}"));
        if template == GateTemplate::Quality {
            continue;
        }
        assert_eq!(find_missing(&gate, ScoreThresholds::default()), [], "{}", template.name());
        for effect in [OversightEffect::Sampled, OversightEffect::ExceptionsOnly] {
            assert_eq!(find_missing_for_effect(&gate, effect), [], "{}", template.name());
        }
        // Every approval that the gate can ask for has a person who can give it.
        assert_eq!(check_reviewer_list(&gate), None, "{}", template.name());
        assert_eq!(check_escalation_path(&gate), None, "{}", template.name());
        let owner = &gate.owner.as_ref().unwrap().name;
        assert!(gate.review.escalate_to.iter().all(|holder| holder.name != *owner));
        let voice = project.read_brand_voice(&gate).map(tollgate_model::Digest::of);
        assert_eq!(voice, gate.guardrails.brand_voice.map(|voice| voice.digest));
    }
}

#[test]
fn days_are_counted_from_the_day_of_writing() {
    let draft = draft(GateTemplate::Email);
    assert!(draft.text().contains("review-by = 2027-03-01"), "{}", draft.text());
    assert!(draft.text().contains("such as 2026-12-01>"), "{}", draft.text());
    let last: Date = "9999-12-31".parse().unwrap();
    let text = GateTemplate::Email.render(&"letters".parse().unwrap(), last);
    assert!(text.contains("review-by = 9999-12-31"), "{text}");
}

/// Writes answers to their keys, as the command line does.
fn set(draft: &mut GateDraft, answers: &[(&str, &str)]) -> Result<(), AnswerError> {
    let own = |(key, answer): &(&str, &str)| ((*key).to_owned(), (*answer).to_owned());
    draft.answer_keys(&answers.iter().map(own).collect::<Vec<_>>())
}

#[test]
fn an_answer_is_written_wherever_it_is_asked_for() {
    let mut draft = draft(GateTemplate::Email);
    let asked = draft.questions();
    let reviewer = asked.iter().find(|one| one.question == "name of a reviewer, such as Kim Osei");
    let keys = ["oversight.rollback.owner.name", "review.reviewers[0].name"];
    assert_eq!(reviewer.unwrap().keys, keys);
    set(
        &mut draft,
        &[
            ("review.reviewers[0].name", "Kim Osei"),
            ("author", "Dana \"D\" Hill"),
            ("guardrails.blocked-topics", "politics, health,"),
            ("access[0].change[0]", "-"),
            ("score.data-sensitivity.value", "2"),
            ("budget.prices.<model, such as acme/large>", "acme/small"),
            ("budget.prices.<model, such as acme/large>.per-million-input", "3.00"),
        ],
    )
    .unwrap();
    for written in [
        "owner = { name = \"Kim Osei\", role = \"<role of the reviewer",
        "[[review.reviewers]]\nname = \"Kim Osei\"\n",
        "author = \"Dana \\\"D\\\" Hill\"\n",
        "blocked-topics = [\"politics\", \"health\"]\n",
        "\nchange = []\n",
        "data-sensitivity = { value = 2, reason = \"<why",
        "[budget.prices.\"acme/small\"]\nper-million-input = \"3.00\"\n",
        "model = \"acme/small\"\n",
    ] {
        assert!(draft.text().contains(written), "{written}\n{}", draft.text());
    }
    // A place with an answer of its own keeps it.
    let mut other = self::draft(GateTemplate::Email);
    set(&mut other, &[(keys[0], "Lou Park"), (keys[1], "Kim Osei")]).unwrap();
    assert!(other.text().contains("owner = { name = \"Lou Park\""), "{}", other.text());
    assert!(other.text().contains("[[review.reviewers]]\nname = \"Kim Osei\""));
}

#[test]
fn refuses_an_answer_that_the_gate_cannot_have() {
    let mut draft = draft(GateTemplate::Email);
    set(&mut draft, &[("author", "Dana Hill")]).unwrap();
    let before = draft.text().to_owned();
    for (key, answer, reason) in [
        ("score.data-sensitivity.value", "7", "is not a score value"),
        ("tags.risk", "tiny", "possible values are"),
        ("approvals[0].on", "tomorrow", "is not a date"),
        ("review.reviewers[0].name", "Dana Hill", "authors cannot approve their own work"),
        ("task", "  ", "`task`"),
        ("task", "<the task>", "is a placeholder itself"),
    ] {
        let error = set(&mut draft, &[(key, answer)]).unwrap_err().to_string();
        assert!(error.contains(reason), "{key}: {error}");
        assert_eq!(draft.text(), before, "{key}");
    }
    let error = set(&mut draft, &[("author", "Kim")]).unwrap_err();
    assert!(matches!(error, AnswerError::UnknownKey { .. }), "{error}");
    let error = set(&mut draft, &[("owner.nmae", "Kim")]).unwrap_err().to_string();
    assert_eq!(
        error,
        "`owner.nmae` is not an open question of this gate; these are `owner.name`, `owner.role`"
    );
    let error = set(&mut draft, &[("task", "Write"), ("task", "Write letters")]).unwrap_err();
    assert_eq!((error.to_string().as_str(), draft.text()), ("`task` is answered twice", &*before));
    let mut none = self::draft(GateTemplate::Quality);
    let error = set(&mut none, &[("task", "Write")]).unwrap_err().to_string();
    assert!(error.ends_with("it has none"), "{error}");
}

#[test]
fn leaves_the_digest_of_an_unknown_document_wrong() {
    let (_folder, project) = project();
    let mut draft = draft(GateTemplate::Email);
    set(&mut draft, &[("guardrails.brand-voice.document", "brand/missing.md")]).unwrap();
    let before = draft.text().to_owned();
    draft.agree_on_brand_voice(&project);
    assert_eq!(draft.text(), before);
}
