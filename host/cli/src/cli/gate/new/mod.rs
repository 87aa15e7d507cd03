//! `tollgate gate new`: writes a gate file from a template.

mod questions;

use std::path::Path;

use anyhow::bail;
use clap::Args;
use tollgate::gate_cases::case_file_path;
use tollgate_model::{Date, GateName};
use tollgate_project::{GATE_FOLDER, GateDraft, GateTemplate, Project};

use super::schema::{GATE_SCHEMA, GATE_SCHEMA_FILE};
use crate::cli::clock;
use crate::console::{self, DOUBT, GOOD, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::files;

/// Writes a new gate file from a template, with its first test cases.
///
/// On a terminal, the command asks for what the record of a task takes: short questions with an example each, of which
/// Enter skips one. Without a terminal it writes the template as it is. What is not answered stays in the file as a
/// placeholder in angle brackets, and the gate is refused until none is left.
#[derive(Args)]
#[command(after_long_help = "Templates:
  quality         outputs that are judged, with nothing delegated and no record to fill in
  email           e-mails to customers
  social-post     posts on social media
  support-answer  answers to customers who ask for help
  agent-action    actions of an agent, each with its tool and arguments

Examples:
  tollgate gate new product-texts
  tollgate gate new letters --template email
  tollgate gate new letters --template email --no-questions --set 'owner.name=Sam Reed'")]
pub(super) struct GateNewCommand {
    /// Name of the gate: lower-case letters, digits and hyphens.
    name: GateName,
    /// Template of the gate: `quality`, `email`, `social-post`, `support-answer` or `agent-action`.
    #[arg(long, value_name = "TEMPLATE", default_value = "quality", value_parser = parse_template)]
    template: GateTemplate,
    /// Answer to a question, by its key in the gate file; may be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = parse_answer)]
    answers: Vec<(String, String)>,
    /// Ask nothing, even on a terminal.
    #[arg(long)]
    no_questions: bool,
}

fn parse_template(name: &str) -> Result<GateTemplate, String> {
    let found = GateTemplate::ALL.into_iter().find(|template| template.name() == name);
    let names = GateTemplate::ALL.map(|template| format!("`{}`", template.name())).join(", ");
    found.ok_or_else(|| format!("not a template: use one of {names}"))
}

fn parse_answer(text: &str) -> Result<(String, String), String> {
    let (key, answer) = text
        .split_once('=')
        .ok_or("it has no `=`: write the key and the answer, such as `owner.name=Sam Reed`")?;
    Ok((key.trim().to_owned(), answer.trim().to_owned()))
}

impl GateNewCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let file = format!("{GATE_FOLDER}/{}.toml", self.name);
        if project.folder.join(&file).exists() {
            bail!("`{file}` exists already: name another gate, or edit that file");
        }
        let today = Date::from_ms(clock::now_ms()?);
        let mut draft = GateDraft::new(&file, self.template, &self.name, today);
        draft.answer_keys(&self.answers)?;
        if !self.no_questions && console::can_ask() {
            questions::ask_open_questions(&mut draft)?;
        }
        draft.agree_on_brand_voice(&project);
        files::write(&project.folder.join(&file), draft.text().as_bytes())?;
        console::print(paint(GOOD, format!("created {file}")));
        self.write_beside(&project)?;
        self.print_next_steps(&draft);
        Ok(Exit::Pass)
    }

    /// Writes the first test cases, and the schema that the gate names for editors. Files that exist stay as they are.
    fn write_beside(&self, project: &Project) -> anyhow::Result<()> {
        let cases = self.template.cases();
        let cases_file = case_file_path(Path::new(""), self.name.as_str());
        let cases_file = cases_file.display().to_string();
        if write_if_missing(&project.folder.join(&cases_file), cases)? {
            console::print(format!(
                "created {cases_file} with {} test cases",
                cases.lines().count()
            ));
        }
        write_if_missing(&project.folder.join(GATE_SCHEMA_FILE), GATE_SCHEMA)?;
        Ok(())
    }

    fn print_next_steps(&self, draft: &GateDraft) {
        let (name, open) = (&self.name, draft.questions().len());
        if open > 0 {
            let open = paint(DOUBT, format!("open questions: {open}"));
            console::print(format!(
                "{open}; the gate is refused until no text in angle brackets is left in it"
            ));
        }
        console::print(format!("  tollgate gate check {name}"));
        if self.template == GateTemplate::Quality {
            console::print(format!("  tollgate gate test {name}"));
            console::print(format!("  tollgate check --gate {name} FILE"));
            return;
        }
        console::print("  tollgate publish FILE.prompt   publishes the prompt that the gate names");
        console::print("  tollgate lock");
        console::print(format!("  tollgate gate test {name}"));
        console::print(format!("  tollgate release {name} --by NAME"));
    }
}

/// Returns whether the file was missing, and has been written.
fn write_if_missing(path: &Path, text: &str) -> anyhow::Result<bool> {
    let is_missing = !path.exists();
    if is_missing {
        files::write(path, text.as_bytes())?;
    }
    Ok(is_missing)
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    #[test]
    fn help_describes_every_template() {
        let mut command = GateNewCommand::augment_args(Command::new("new"));
        let help = command.render_long_help().to_string();
        for template in GateTemplate::ALL {
            let line = format!("  {:14}  {}\n", template.name(), template.description());
            assert!(help.contains(&line), "{line}{help}");
            assert_eq!(parse_template(template.name()), Ok(template));
        }
        let refused = parse_template("letter").unwrap_err();
        assert!(refused.ends_with("`support-answer`, `agent-action`"), "{refused}");
    }

    #[test]
    fn splits_an_answer_at_its_first_equals_sign() {
        let parsed = parse_answer("objective = a = b ").unwrap();
        assert_eq!(parsed, ("objective".to_owned(), "a = b".to_owned()));
        assert!(parse_answer("objective").unwrap_err().contains("owner.name=Sam Reed"));
    }
}
