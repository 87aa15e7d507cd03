//! The prompt that an output comes from: the pinned one, or one that the gate is for.

use semver::Version;
use tollgate_model::{Cause, PinnedPrompt, Prompt, PromptRequirement};

use crate::{Case, Reasons};

/// An output of another prompt is none of this gate's.
pub(crate) fn rule(case: &Case<'_>, reasons: &mut Reasons) {
    let pinned = case.state.release.as_ref().and_then(|release| release.prompt.as_ref());
    let Some(wanted) = &case.gate.prompt else { return };
    let Some(prompt) = &case.facts.prompt else { return reasons.add(Cause::PromptUnknown) };
    if !fits(prompt, wanted) {
        reasons.add(other(prompt, wanted.to_string()));
    } else if let Some(pinned) = pinned.filter(|pinned| !is(prompt, pinned)) {
        let wanted = format!("{}@{} ({})", pinned.name, pinned.version, pinned.digest);
        reasons.add(other(prompt, wanted));
    }
}

fn fits(prompt: &Prompt, wanted: &PromptRequirement) -> bool {
    let version = Version::parse(&prompt.version);
    prompt.name == wanted.name.as_str() && version.is_ok_and(|version| wanted.admits(&version))
}

fn is(prompt: &Prompt, pinned: &PinnedPrompt) -> bool {
    prompt.name == pinned.name.as_str()
        && Version::parse(&prompt.version).is_ok_and(|version| version == pinned.version)
        && prompt.digest.parse() == Ok(pinned.digest)
}

fn other(prompt: &Prompt, wanted: String) -> Cause {
    let Prompt { name, version, digest } = prompt;
    Cause::PromptOther { prompt: format!("{name}@{version} ({digest})"), wanted }
}
