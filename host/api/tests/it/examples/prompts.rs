//! Prompts.

use serde_json::{Map, json};
use tollgate_api::{
    ChangedLines, DeclaredInput, DeclaredOutput, DeclaredVariable, IncludedPartial, ModelRequest,
    ProjectPromptsDocument, PromptCheckDocument, PromptDiffDocument, PromptDifference,
    PromptDocument, PromptFault, PromptIdentity, PromptListDocument, PromptListEntry,
    PromptSection, RenderedMedia, RenderedMessage, RenderedPart, RenderedPromptDocument,
    RenderedRole, TemplatePlace, VersionBump,
};
use tollgate_model::FormatVersion;

use super::parts::digest;
use crate::wire_document::WireDocument;

pub fn documents() -> Vec<WireDocument> {
    vec![
        WireDocument::new("prompts", &["tollgate prompt list --json"], &list()),
        WireDocument::new("project-prompts", &["GET /v1/prompts"], &project_prompts()),
        WireDocument::new(
            "prompt",
            &["tollgate prompt show --json", "GET /v1/prompts/{name}"],
            &prompt(),
        ),
        WireDocument::new(
            "rendered-prompt",
            &["tollgate prompt render --json", "POST /v1/prompts/{name}/render"],
            &rendered(),
        ),
        WireDocument::new("prompt-diff", &["tollgate prompt diff --json"], &diff()),
        WireDocument::new("prompt-check", &["tollgate prompt check --json"], &check()),
    ]
}

fn identity(version: &str) -> PromptIdentity {
    PromptIdentity {
        name: Some("welcome-email".parse().unwrap()),
        version: Some(version.parse().unwrap()),
        digest: digest(version),
        file: "prompts/welcome-email.prompt".into(),
    }
}

fn list() -> PromptListDocument {
    let entry = PromptListEntry {
        identity: identity("2.1.0"),
        model: Some("acme/large".into()),
        description: Some("greets a new customer".into()),
        variables: vec!["name".into()],
    };
    PromptListDocument { format: FormatVersion, prompts: vec![entry] }
}

fn project_prompts() -> ProjectPromptsDocument {
    ProjectPromptsDocument { list: list(), faults: vec![fault()] }
}

fn request() -> ModelRequest {
    ModelRequest {
        model: Some("acme/large".into()),
        config: Map::from_iter([("temperature".into(), json!(0.5))]),
        tools: vec!["calendar".into()],
        tool_defs: Vec::new(),
        output: DeclaredOutput { format: Some("text".into()), schema: None },
    }
}

fn prompt() -> PromptDocument {
    let variable = DeclaredVariable {
        name: "name".into(),
        line: 5,
        required: true,
        default: None,
        schema: json!({"type": "string"}),
        uses: vec![TemplatePlace { file: "prompts/welcome-email.prompt".into(), line: 8 }],
    };
    let partial = IncludedPartial { name: "footer".into(), file: "prompts/_footer.prompt".into() };
    PromptDocument {
        format: FormatVersion,
        identity: identity("2.1.0"),
        description: Some("greets a new customer".into()),
        request: request(),
        input: DeclaredInput {
            schema: Some(json!({"type": "object", "properties": {"name": {"type": "string"}}})),
            variables: vec![variable],
        },
        metadata: Map::new(),
        ext: [("acme".to_owned(), Map::from_iter([("owner".into(), json!("dana"))]))].into(),
        partials: vec![partial],
        text: "---\nname: welcome-email\n---\nWelcome {{name}}!\n".into(),
    }
}

fn rendered() -> RenderedPromptDocument {
    let picture = RenderedMedia {
        url: "https://example.com/map.png".into(),
        content_type: Some("image/png".into()),
    };
    let message = RenderedMessage {
        role: RenderedRole::User,
        content: vec![
            RenderedPart::Text { text: "Welcome Dana!".into() },
            RenderedPart::Media { media: picture },
        ],
        metadata: None,
    };
    RenderedPromptDocument {
        format: FormatVersion,
        prompt: identity("2.1.0"),
        request: request(),
        messages: vec![message],
    }
}

fn diff() -> PromptDiffDocument {
    PromptDiffDocument {
        format: FormatVersion,
        from: identity("2.0.0"),
        to: identity("2.1.0"),
        required_bump: VersionBump::Patch,
        lowest_version: Some("2.0.1".parse().unwrap()),
        sufficient: Some(true),
        changes: vec![PromptDifference {
            section: PromptSection::Wording,
            description: "1 line changed".into(),
            bump: VersionBump::Patch,
            reason: "the wording differs".into(),
        }],
        wording: vec![ChangedLines {
            partial: None,
            line_before: 8,
            line_after: 8,
            removed: vec!["Hello {{name}}!".into()],
            added: vec!["Welcome {{name}}!".into()],
        }],
    }
}

fn fault() -> PromptFault {
    PromptFault {
        file: "prompts/welcome-email.prompt".into(),
        line: Some(8),
        column: Some(11),
        message: "`nmae` is not declared".into(),
        help: Some("declared variables are `name`".into()),
    }
}

fn check() -> PromptCheckDocument {
    PromptCheckDocument { format: FormatVersion, prompts: 1, faults: vec![fault()] }
}
