//! The prompt rule: an output must come from the pinned prompt of the gate.

use semver::Version;
use tollgate_model::{PinnedPrompt, PromptRef, PromptRequirement, ReasonKind};

use crate::{DecisionInput, Reasons};

/// Blocks outputs of other prompts and holds those of unknown ones. Without an active release any
/// version that the record admits will do.
pub(crate) fn add_reasons(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    if input.gate.prompt.is_some() && input.facts.prompt.is_none() {
        reasons.add(ReasonKind::PromptUnknown);
    }
    add_mismatch(input, reasons);
}

/// Blocks outputs that name another prompt than the gate does.
pub(crate) fn add_mismatch(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    let (Some(required), Some(prompt)) = (&input.gate.prompt, &input.facts.prompt) else { return };
    let pinned = input.state.release.as_ref().and_then(|release| release.prompt.as_ref());
    // The requirement of the record counts even without an active release.
    if !matches_requirement(prompt, required) {
        reasons.add(other_prompt_reason(prompt, required.to_string()));
    } else if let Some(pinned) = pinned.filter(|pinned| !is_pinned(prompt, pinned)) {
        let required = format!("{}@{} ({})", pinned.name, pinned.version, pinned.digest);
        reasons.add(other_prompt_reason(prompt, required));
    }
}

fn matches_requirement(prompt: &PromptRef, required: &PromptRequirement) -> bool {
    let version = Version::parse(&prompt.version);
    prompt.name == required.name.as_str() && version.is_ok_and(|version| required.admits(&version))
}

fn is_pinned(prompt: &PromptRef, pinned: &PinnedPrompt) -> bool {
    prompt.name == pinned.name.as_str()
        && Version::parse(&prompt.version).is_ok_and(|version| version == pinned.version)
        && prompt.digest.parse() == Ok(pinned.digest)
}

fn other_prompt_reason(prompt: &PromptRef, required: String) -> ReasonKind {
    let PromptRef { name, version, digest } = prompt;
    // An output can name a prompt without its digest.
    let digest = if digest.is_empty() { String::new() } else { format!(" ({digest})") };
    ReasonKind::PromptMismatch { prompt: format!("{name}@{version}{digest}"), required }
}
