//! Prompts of the project: those in its folder, and those that are locked.

mod variables;

use std::collections::BTreeSet;

use axum::Extension;
use axum::extract::State;
use axum::http::Method;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::Deserialize;
use tollgate::records::GateScope;
use tollgate_api::{
    ProjectPromptsDocument, PromptDocument, PromptListDocument, RenderedPromptDocument,
};
use tollgate_model::{PromptName, PromptRequirement, TextFileErrors};
use tollgate_packages::package::PackageName;
use tollgate_packages::prompt::PromptFile;
use tollgate_project::PackageAccessError;

use super::contracts::parse_versions;
use super::reading::visible_gates;
use super::table::Route;
use crate::access::{Caller, Role};
use crate::exchange::{Document, JsonBody, Parameters, PathName};
use crate::problem::{Problem, ProblemCode};
use crate::state::ServerState;
use variables::Variables;

/// Roles that see the prompts of their gates.
const PROMPT_ROLES: &[Role] = &[Role::Submit, Role::Read];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PromptParameters {
    version: Option<String>,
}

/// Values for the variables of a prompt.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RenderBody {
    /// Requirement for the version of the prompt, such as `2.1` or `=2.1.0`. The highest if it is absent.
    #[serde(default)]
    version: Option<String>,
    /// Value of each variable.
    #[serde(default)]
    variables: Variables,
}

pub(super) fn routes() -> Vec<Route> {
    let list = Route::new(
        Method::GET,
        "/v1/prompts",
        PROMPT_ROLES,
        "Lists the prompts in the folder of the project. A caller with some gates sees those that the gates use.",
        get(list_prompts),
    )
    .answers::<ProjectPromptsDocument>();
    let show = Route::new(
        Method::GET,
        "/v1/prompts/{name}",
        PROMPT_ROLES,
        "Shows a prompt: its metadata, its variables with the lines that use them, its output and its text.",
        get(show_prompt),
    )
    .query::<String>("version", "Requirement for the version, such as `2.1` or `=2.1.0`.")
    .answers::<PromptDocument>();
    let render = Route::new(
        Method::POST,
        "/v1/prompts/{name}/render",
        PROMPT_ROLES,
        "Renders a prompt to the messages for a model. Values are never interpreted as templates.",
        post(render_prompt),
    )
    .takes::<RenderBody>()
    .answers::<RenderedPromptDocument>();
    vec![list, show, render]
}

async fn list_prompts(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
) -> Result<Document<ProjectPromptsDocument>, Problem> {
    let visible = state.visible_prompts(&caller).await?;
    let host = state.host();
    let read = move || Ok(host.project().open_prompts()?.map(|folder| folder.read()));
    let read = state.read_blocking(read).await?;
    let read = read.map_err(|error: tollgate_model::TextFileError| {
        Problem::of(&PackageAccessError::Prompt(error.into()))
    })?;
    let (mut prompts, faults) = read.unwrap_or_default();
    let faults = match &visible {
        None => faults.iter().map(Into::into).collect(),
        Some(visible) => {
            prompts.retain(|prompt| prompt.name().is_some_and(|name| visible.contains(&name)));
            Vec::new()
        }
    };
    Ok(Document(ProjectPromptsDocument { list: PromptListDocument::new(&prompts), faults }))
}

async fn show_prompt(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    PathName(name): PathName<PromptName>,
    Parameters(PromptParameters { version }): Parameters<PromptParameters>,
) -> Result<Document<PromptDocument>, Problem> {
    let prompt = state.find_prompt(&caller, name, version.as_deref()).await?;
    Ok(Document(PromptDocument::from(&prompt)))
}

async fn render_prompt(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    PathName(name): PathName<PromptName>,
    JsonBody(RenderBody { version, variables }): JsonBody<RenderBody>,
) -> Result<Document<RenderedPromptDocument>, Problem> {
    let prompt = state.find_prompt(&caller, name, version.as_deref()).await?;
    let render = move || {
        let messages = prompt.render(&variables.into_value(), &[])?;
        Ok(RenderedPromptDocument::new(&prompt, messages))
    };
    let rendered = state.read_blocking(render).await?;
    rendered.map(Document).map_err(|TextFileErrors(errors)| {
        let objections = errors.iter().map(ToString::to_string).collect();
        Problem::new(ProblemCode::InvalidBody, "the prompt cannot be rendered with these variables")
            .with_objections(objections)
    })
}

impl ServerState {
    /// Finds the highest version of a prompt that meets a requirement, if the caller may see it.
    async fn find_prompt(
        &self,
        caller: &Caller,
        name: PromptName,
        versions: Option<&str>,
    ) -> Result<PromptFile, Problem> {
        let wanted = PromptRequirement { name, versions: parse_versions(versions)? };
        let visible = self.visible_prompts(caller).await?;
        if visible.is_some_and(|visible| !visible.contains(&wanted.name)) {
            return Err(prompt_not_found());
        }
        let host = self.host();
        let find = move || host.packages().find_project_prompt(&wanted);
        let prompt = self.read_blocking(find).await?.map_err(|error| Problem::of(&error))?;
        prompt.ok_or_else(prompt_not_found)
    }

    /// Returns the names of the prompts of the gates that a caller may see, or `None` for a caller who may see all gates
    /// and so all prompts.
    async fn visible_prompts(
        &self,
        caller: &Caller,
    ) -> Result<Option<BTreeSet<PromptName>>, Problem> {
        let scope = visible_gates(caller);
        if scope == GateScope::All {
            return Ok(None);
        }
        let uses = self.package_uses(scope).await?.into_iter();
        let prompts = uses.filter_map(|one| match one.package.name {
            PackageName::Prompt(name) => Some(name),
            PackageName::Contract(_) => None,
        });
        Ok(Some(prompts.collect()))
    }
}

fn prompt_not_found() -> Problem {
    Problem::new(ProblemCode::NotFound, "there is no such prompt that this caller may see")
        .with_hint("`GET /v1/prompts` lists the prompts in the folder of the project")
}
