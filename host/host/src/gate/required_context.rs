//! What an output has to state before a gate judges it.

use tollgate_govern::find_missing_context;
use tollgate_model::Subject;

use super::error::CheckError;
use super::loaded_gate::LoadedGate;

impl LoadedGate {
    /// Fails if the output does not state what the gate has to know and no review can supply, such as the model. Outputs
    /// that are judged for the first time are asked; those that are decided again keep the context that they have.
    pub(crate) fn require_context(&self, subject: &Subject) -> Result<(), CheckError> {
        match find_missing_context(&self.gate, subject) {
            None => Ok(()),
            Some(missing) => {
                let (gate, missing) = (self.gate.name.clone(), Box::new(missing));
                Err(CheckError::ContextMissing { gate, missing })
            }
        }
    }
}
