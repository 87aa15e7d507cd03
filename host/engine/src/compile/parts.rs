//! Parts of compiled contracts, which are kept so that the next load compiles only what is new.
//!
//! These are the compiled functions of the code that components share, the code in which a
//! component is configured, and the code of its snapshots without their memories. A compile process may
//! have been taken over by its component. So the latter two are used for that component only, and the
//! functions come from a process that had seen nothing but the code that they are kept under. What inspecting
//! a component found is kept, too.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tollgate_model::Digest;

use super::packed::{pack, unpack};
use crate::cache::CacheError;
use crate::engine::Engine;
use crate::memory_images::{ImagePlace, write_images};

/// Size limit of the parts that are kept in memory because there is no usable cache on disk. Above it all
/// of them are dropped. A large contract takes 66 MiB.
const PARTS_BYTES_MAX: usize = 128 << 20;

/// Store of compiled parts. Compiling takes from it what it has, and adds what is new.
pub(crate) trait CompiledParts {
    /// Makes functions known to the compiler. Called before anything is compiled.
    fn load_functions(&self, engine: &wasmtime::Engine);

    /// Returns the code in which the component is configured.
    fn load_configurator(&self) -> Option<Vec<u8>>;

    fn store_configurator(&self, code: &[u8]);

    /// Returns whether there is a template of this name.
    fn has_template(&self, name: &str) -> bool;

    fn store_template(&self, name: &str, places: &[ImagePlace], code: Vec<u8>);
}

/// Compiled code of a snapshot, with places for its memories.
pub(crate) struct CodeTemplate {
    places: Vec<ImagePlace>,
    code: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct TemplateHeader {
    places: Vec<ImagePlace>,
}

impl CodeTemplate {
    pub(crate) fn new(places: Vec<ImagePlace>, code: Vec<u8>) -> Self {
        Self { places, code }
    }

    /// Returns the code with these memories, one after the other in `images`, or `None` if they do not fit.
    pub(crate) fn complete(mut self, images: &[u8]) -> Option<Vec<u8>> {
        write_images(&mut self.code, &self.places, images)?;
        Some(self.code)
    }
}

/// Parts in memory, by name.
#[derive(Default)]
pub(crate) struct PartsInMemory(Mutex<HashMap<String, Vec<u8>>>);

impl PartsInMemory {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert(&self, name: &str, part: Vec<u8>) {
        let mut parts = self.lock();
        parts.remove(name);
        let bytes: usize = parts.values().map(Vec::len).sum();
        if bytes + part.len() > PARTS_BYTES_MAX {
            parts.clear();
        }
        if part.len() <= PARTS_BYTES_MAX {
            parts.insert(name.to_owned(), part);
        }
    }
}

/// Parts for one component, in the engine's cache or memory.
pub(crate) struct KeptParts {
    engine: Engine,
    component: Digest,
    /// Digest of the component's code without its state, if functions are kept.
    code: Option<Digest>,
    /// Template that was found or compiled, with its name. It is kept, because the file may be deleted.
    template: Mutex<Option<(String, CodeTemplate)>>,
    problem: Mutex<Option<CacheError>>,
}

impl KeptParts {
    pub(crate) fn new(engine: Engine, component: Digest, code: Option<Digest>) -> Self {
        Self { engine, component, code, template: Mutex::default(), problem: Mutex::default() }
    }

    /// Returns the template of this name, which was found or compiled before.
    pub(crate) fn take_template(&self, name: &str) -> Option<CodeTemplate> {
        let mut template = self.template.lock().unwrap_or_else(PoisonError::into_inner);
        template.take_if(|(found, _)| *found == name).map(|(_, template)| template)
    }

    /// Returns the template of this name if it is kept.
    pub(crate) fn load_template(&self, name: &str) -> Option<CodeTemplate> {
        let (header, code) = unpack::<TemplateHeader>(self.load(&self.template_name(name))?)?;
        Some(CodeTemplate::new(header.places, code))
    }

    /// Returns the first error of keeping a part.
    pub(crate) fn take_problem(&self) -> Option<CacheError> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn load_inspection(&self) -> Option<Vec<u8>> {
        self.load(&self.inspection_name())
    }

    pub(crate) fn store_inspection(&self, inspection: Vec<u8>) {
        self.store(&self.inspection_name(), inspection);
    }

    /// Returns whether functions of this component's code are kept.
    pub(crate) fn has_functions(&self) -> bool {
        self.functions_name().is_none_or(|name| {
            let parts = &self.engine.parts_in_memory().lock();
            parts.contains_key(&name)
                || self.engine.cache().is_some_and(|kept| kept.contains(&name))
        })
    }

    pub(crate) fn load_exported_functions(&self) -> Option<Vec<u8>> {
        self.load(&self.functions_name()?)
    }

    /// Keeps functions. They have to come from a process that had read nothing but the code.
    pub(crate) fn store_exported_functions(&self, functions: Vec<u8>) {
        if let Some(name) = self.functions_name() {
            self.store(&name, functions);
        }
    }

    /// Another version may inspect more.
    fn inspection_name(&self) -> String {
        let version = env!("CARGO_PKG_VERSION").as_bytes();
        self.engine.part_name(&[b"inspection", version, self.component.as_bytes()])
    }

    fn functions_name(&self) -> Option<String> {
        Some(self.engine.part_name(&[b"functions", self.code?.as_bytes()]))
    }

    fn configurator_name(&self) -> String {
        self.engine.part_name(&[b"configurator", self.component.as_bytes()])
    }

    fn template_name(&self, name: &str) -> String {
        self.engine.part_name(&[b"template", self.component.as_bytes(), name.as_bytes()])
    }

    fn load(&self, name: &str) -> Option<Vec<u8>> {
        let kept = self.engine.cache().and_then(|cache| cache.load(name));
        kept.or_else(|| self.engine.parts_in_memory().lock().get(name).cloned())
    }

    fn store(&self, name: &str, part: Vec<u8>) {
        match self.engine.cache().map(|cache| cache.store(name, &part)) {
            Some(Ok(())) => return,
            Some(Err(problem)) => {
                let mut first = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
                first.get_or_insert(problem);
            }
            None => {}
        }
        self.engine.parts_in_memory().insert(name, part);
    }

    fn keep_template(&self, name: &str, template: CodeTemplate) {
        let mut kept = self.template.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((name.to_owned(), template));
    }
}

impl CompiledParts for KeptParts {
    /// The engine's own functions are in memory.
    fn load_functions(&self, _: &wasmtime::Engine) {}

    fn load_configurator(&self) -> Option<Vec<u8>> {
        self.load(&self.configurator_name())
    }

    fn store_configurator(&self, code: &[u8]) {
        self.store(&self.configurator_name(), code.to_vec());
    }

    fn has_template(&self, name: &str) -> bool {
        let Some(template) = self.load_template(name) else { return false };
        self.keep_template(name, template);
        true
    }

    fn store_template(&self, name: &str, places: &[ImagePlace], code: Vec<u8>) {
        let header = TemplateHeader { places: places.to_vec() };
        if let Ok(packed) = pack(&header, &code) {
            self.store(&self.template_name(name), packed);
        }
        self.keep_template(name, CodeTemplate::new(header.places, code));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_keeps_as_much_as_fits() {
        let parts = PartsInMemory::default();
        parts.insert("a", vec![0; PARTS_BYTES_MAX / 2]);
        parts.insert("a", vec![0; PARTS_BYTES_MAX / 2]);
        parts.insert("b", vec![0; PARTS_BYTES_MAX / 2]);
        assert_eq!(parts.lock().len(), 2);
        parts.insert("c", vec![0]);
        assert!(parts.lock().keys().eq(["c"]));
        parts.insert("d", vec![0; PARTS_BYTES_MAX + 1]);
        assert!(parts.lock().is_empty());
    }

    #[test]
    fn a_template_is_taken_once_and_by_its_name() {
        let engine = Engine::new(crate::Settings::default()).unwrap();
        let parts = KeptParts::new(engine, Digest::of(b"component"), None);
        let place = ImagePlace { position: 1, bytes: 2 };
        parts.store_template("name", &[place], b"code".to_vec());
        assert!(!parts.has_template("other"));
        assert!(parts.take_template("other").is_none());
        let template = parts.take_template("name").unwrap();
        assert_eq!(template.complete(b"xy").unwrap(), b"cxye");
        assert!(parts.take_template("name").is_none());
        assert!(parts.has_template("name"));
        assert!(parts.take_template("name").unwrap().complete(b"too long").is_none());
    }
}
