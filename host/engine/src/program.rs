//! A program put into the module of the interpreter that runs it.
//!
//! The interpreter imports the program, and every capability that there is. Here the program
//! becomes a part of it, and the capabilities that this program does not use are taken out:
//! the imports of the component are then what the contract uses, and nothing else.

use tollgate_model::Capability;
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, DataCountSection, DataSection, Function, FunctionSection, ImportSection, Module,
    SectionId,
};
use wasmparser::{
    BinaryReaderError, CodeSectionReader, DataSectionReader, FunctionSectionReader,
    ImportSectionReader, Parser, Payload, TypeRef,
};

/// Two functions: `length` gives the bytes of the program, `copy` writes them to an address.
const PROGRAM: &str = "tollgate:program";
const LENGTH: &str = "length";
const HOST: &str = "tollgate:host/";

/// Why a program cannot be put into an interpreter.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// The interpreter is no core module.
    #[error("the interpreter is no module, or a damaged one")]
    Malformed(#[from] BinaryReaderError),
    /// It imports something that is no function.
    #[error("the interpreter imports `{0}`, which is no function")]
    NoFunction(String),
    /// It has a part that this host does not know how to write.
    #[error("the interpreter cannot be written again: {0}")]
    Unknown(String),
}

/// The interpreter with the program in it, importing these capabilities.
pub fn embed_program(
    interpreter: &[u8],
    program: &[u8],
    capabilities: &[Capability],
) -> Result<Vec<u8>, ProgramError> {
    let mut rewriter = Rewriter::of(interpreter, program, capabilities)?;
    let mut module = Module::new();
    rewriter
        .parse_core_module(&mut module, Parser::new(0), interpreter)
        .map_err(|error| ProgramError::Unknown(error.to_string()))?;
    Ok(module.finish())
}

/// What becomes of a function that the interpreter imports.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    Length,
    Copy,
    /// Nothing calls it.
    Absent,
}

impl Fate {
    fn of(module: &str, name: &str, capabilities: &[Capability]) -> Self {
        if module == PROGRAM {
            return if name == LENGTH { Self::Length } else { Self::Copy };
        }
        let interface = module.strip_prefix(HOST).and_then(|rest| rest.split('@').next());
        match interface.and_then(Capability::named) {
            Some(capability) if !capabilities.contains(&capability) => Self::Absent,
            _ => Self::Kept,
        }
    }
}

struct Imported {
    fate: Fate,
    signature: u32,
    /// Its index in the new module.
    index: u32,
}

struct Rewriter<'p> {
    program: &'p [u8],
    imported: Vec<Imported>,
    kept: u32,
    /// The index of the data segment that holds the program.
    segment: u32,
    /// Whether the interpreter says before its code how many data segments it has.
    counts_segments: bool,
}

impl<'p> Rewriter<'p> {
    fn of(
        interpreter: &[u8],
        program: &'p [u8],
        capabilities: &[Capability],
    ) -> Result<Self, ProgramError> {
        let mut rewriter =
            Self { program, imported: Vec::new(), kept: 0, segment: 0, counts_segments: false };
        let mut defined = 0;
        for payload in Parser::new(0).parse_all(interpreter) {
            match payload? {
                Payload::ImportSection(section) => rewriter.import(section, capabilities)?,
                Payload::FunctionSection(section) => defined = section.count(),
                Payload::DataCountSection { .. } => rewriter.counts_segments = true,
                Payload::DataSection(section) => rewriter.segment = section.count(),
                _ => {}
            }
        }
        rewriter.number(defined);
        Ok(rewriter)
    }

    fn import(
        &mut self,
        section: ImportSectionReader<'_>,
        capabilities: &[Capability],
    ) -> Result<(), ProgramError> {
        for import in section.into_imports() {
            let import = import?;
            let TypeRef::Func(signature) = import.ty else {
                return Err(ProgramError::NoFunction(import.name.into()));
            };
            let fate = Fate::of(import.module, import.name, capabilities);
            self.kept += u32::from(fate == Fate::Kept);
            self.imported.push(Imported { fate, signature, index: 0 });
        }
        Ok(())
    }

    /// Imports that are kept come first, then what was defined, then what replaces imports.
    fn number(&mut self, defined: u32) {
        let (mut next_kept, mut next_replaced) = (0, self.kept + defined);
        for import in &mut self.imported {
            let next = if import.fate == Fate::Kept { &mut next_kept } else { &mut next_replaced };
            import.index = *next;
            *next += 1;
        }
    }

    fn replaced(&self) -> impl Iterator<Item = &Imported> {
        self.imported.iter().filter(|import| import.fate != Fate::Kept)
    }

    fn body(&self, fate: Fate) -> Function {
        let mut body = Function::new([]);
        let mut instructions = body.instructions();
        let length = self.program.len() as i32;
        match fate {
            Fate::Length => instructions.i32_const(length),
            Fate::Copy => instructions
                .local_get(0)
                .i32_const(0)
                .i32_const(length)
                .memory_init(0, self.segment),
            Fate::Kept | Fate::Absent => instructions.unreachable(),
        };
        instructions.end();
        body
    }
}

type Reencoded<T> = Result<T, Error>;

impl Reencode for Rewriter<'_> {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Reencoded<u32> {
        let imports = self.imported.len() as u32;
        Ok(match self.imported.get(function as usize) {
            Some(import) => import.index,
            None => function - imports + self.kept,
        })
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Reencoded<()> {
        for (index, import) in section.into_imports().enumerate() {
            let import = import?;
            if self.imported.get(index).is_some_and(|imported| imported.fate == Fate::Kept) {
                let signature = self.entity_type(import.ty)?;
                imports.import(import.module, import.name, signature);
            }
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Reencoded<()> {
        RoundtripReencoder.parse_function_section(functions, section)?;
        for import in self.replaced() {
            functions.function(import.signature);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Reencoded<()> {
        for body in section {
            self.parse_function_body(code, body?)?;
        }
        for import in self.replaced() {
            code.function(&self.body(import.fate));
        }
        Ok(())
    }

    fn intersperse_section_hook(
        &mut self,
        module: &mut Module,
        _after: Option<SectionId>,
        before: Option<SectionId>,
    ) -> Reencoded<()> {
        if before == Some(SectionId::Code) && !self.counts_segments {
            module.section(&DataCountSection { count: self.segment + 1 });
        }
        Ok(())
    }

    fn data_count(&mut self, count: u32) -> Reencoded<u32> {
        Ok(count + 1)
    }

    fn parse_data_section(
        &mut self,
        data: &mut DataSection,
        section: DataSectionReader<'_>,
    ) -> Reencoded<()> {
        RoundtripReencoder.parse_data_section(data, section)?;
        data.passive(self.program.iter().copied());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmtime::{Engine, Instance, Module, Store};

    /// It calls, exports and stores functions on both sides of those that go.
    const INTERPRETER: &str = r#"(module
        (import "tollgate:host/clock@0.1.0" "now" (func $now (result i64)))
        (import "tollgate:program" "length" (func $length (result i32)))
        (import "tollgate:host/prompt-text@0.1.0" "read" (func $read (param i32)))
        (import "tollgate:program" "copy" (func $copy (param i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "before")
        (table 2 funcref)
        (elem (i32.const 0) $length $own)
        (func $own (result i32) i32.const 7)
        (func (export "length") (result i32) call $length)
        (func (export "stored") (param i32) (result i32)
            local.get 0 call_indirect (result i32))
        (func (export "copy") i32.const 100 call $copy)
        (func (export "now") (result i64) call $now)
        (func (export "read") i32.const 0 call $read))"#;

    fn instance(program: &[u8]) -> (Store<()>, Instance) {
        let interpreter = wat::parse_str(INTERPRETER).unwrap();
        let module = embed_program(&interpreter, program, &[]).unwrap();
        let engine = Engine::default();
        let mut store = Store::new(&engine, ());
        let module = Module::new(&engine, module).unwrap();
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        (store, instance)
    }

    #[test]
    fn a_program_is_a_part_of_its_interpreter() {
        let (mut store, instance) = instance(b"a program");
        let length = instance.get_typed_func::<(), i32>(&mut store, "length").unwrap();
        assert_eq!(length.call(&mut store, ()).unwrap(), 9);
        let stored = instance.get_typed_func::<i32, i32>(&mut store, "stored").unwrap();
        assert_eq!([0, 1].map(|at| stored.call(&mut store, at).unwrap()), [9, 7]);
        let copy = instance.get_typed_func::<(), ()>(&mut store, "copy").unwrap();
        copy.call(&mut store, ()).unwrap();
        let memory = instance.get_memory(&mut store, "memory").unwrap().data(&store);
        assert_eq!((&memory[..6], &memory[99..110]), (&b"before"[..], &b"\0a program\0"[..]));
    }

    #[test]
    fn what_is_not_used_is_not_imported_and_traps() {
        let (mut store, instance) = instance(b"");
        let now = instance.get_typed_func::<(), i64>(&mut store, "now").unwrap();
        assert!(now.call(&mut store, ()).is_err());
        let interpreter = wat::parse_str(INTERPRETER).unwrap();
        let module = embed_program(&interpreter, b"", &[Capability::PromptText]).unwrap();
        wasmparser::validate(&module).unwrap();
        let imports = Parser::new(0).parse_all(&module).find_map(|payload| match payload {
            Ok(Payload::ImportSection(imports)) => Some(imports),
            _ => None,
        });
        let imports: Vec<_> = imports.unwrap().into_imports().flatten().collect();
        assert_eq!(imports.len(), 1);
        assert_eq!(imports[0].module, "tollgate:host/prompt-text@0.1.0");
    }

    #[test]
    fn what_is_no_interpreter_is_refused() {
        let strange = wat::parse_str(r#"(module (import "env" "memory" (memory 1)))"#).unwrap();
        let error = embed_program(&strange, b"", &[]).unwrap_err();
        assert_eq!(error.to_string(), "the interpreter imports `memory`, which is no function");
        assert!(embed_program(b"\0asm nothing", b"", &[]).is_err());
    }
}
