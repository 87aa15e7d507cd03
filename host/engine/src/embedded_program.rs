//! Embeds a program into the module of the interpreter that runs it.
//!
//! The interpreter imports the program and every capability. Embedding replaces the program
//! imports by functions that return the program, and removes the capabilities that the program
//! does not use, so that the component imports only what the contract uses.
//!
//! The length of the program is a variable, so that the code is the same for every program, and the host
//! compiles it once.

use tollgate_model::Capability;
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, Function, FunctionSection,
    GlobalSection, GlobalType, ImportSection, Module, SectionId, ValType,
};
use wasmparser::{
    BinaryReaderError, CodeSectionReader, DataSectionReader, FunctionSectionReader,
    GlobalSectionReader, ImportSectionReader, Parser, Payload, TypeRef,
};

/// Imported module with two functions: `length` returns the number of bytes of the program, and
/// `copy` writes them to an address.
const PROGRAM_MODULE: &str = "tollgate:program";
const LENGTH_FUNCTION: &str = "length";
const HOST_PREFIX: &str = "tollgate:host/";

/// A program cannot be embedded into an interpreter.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    #[error("the interpreter is not a core module, or is damaged")]
    Malformed(#[from] BinaryReaderError),
    #[error("the interpreter imports `{0}`, which is not a function")]
    NotAFunction(String),
    /// It uses a WebAssembly construct that cannot be re-encoded.
    #[error("the interpreter cannot be re-encoded: {0}")]
    Unsupported(String),
}

/// Returns the interpreter with the program embedded, importing only these capabilities.
pub fn embed_program(
    interpreter: &[u8],
    program: &[u8],
    capabilities: &[Capability],
) -> Result<Vec<u8>, ProgramError> {
    let mut rewriter = Rewriter::new(interpreter, program, capabilities)?;
    let mut module = Module::new();
    rewriter
        .parse_core_module(&mut module, Parser::new(0), interpreter)
        .map_err(|error| ProgramError::Unsupported(error.to_string()))?;
    Ok(module.finish())
}

/// Treatment of a function that the interpreter imports.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ImportRewrite {
    Keep,
    ReturnLength,
    CopyProgram,
    /// The program does not use this capability, so calling it traps.
    Trap,
}

impl ImportRewrite {
    fn choose(module: &str, name: &str, capabilities: &[Capability]) -> Self {
        if module == PROGRAM_MODULE {
            return if name == LENGTH_FUNCTION { Self::ReturnLength } else { Self::CopyProgram };
        }
        let interface = module.strip_prefix(HOST_PREFIX).and_then(|rest| rest.split('@').next());
        match interface.and_then(Capability::from_name) {
            Some(capability) if !capabilities.contains(&capability) => Self::Trap,
            _ => Self::Keep,
        }
    }
}

struct ImportedFunction {
    rewrite: ImportRewrite,
    signature: u32,
    /// Index of the function in the new module.
    index: u32,
}

struct Rewriter<'p> {
    program: &'p [u8],
    imported: Vec<ImportedFunction>,
    kept_count: u32,
    /// Index of the data segment that holds the program.
    segment: u32,
    /// The interpreter has a data count section, which `memory.init` needs.
    has_data_count: bool,
    /// Index of the variable that holds the length of the program.
    length_variable: u32,
    has_globals: bool,
}

impl<'p> Rewriter<'p> {
    fn new(
        interpreter: &[u8],
        program: &'p [u8],
        capabilities: &[Capability],
    ) -> Result<Self, ProgramError> {
        let mut rewriter = Self {
            program,
            imported: Vec::new(),
            kept_count: 0,
            segment: 0,
            has_data_count: false,
            length_variable: 0,
            has_globals: false,
        };
        let mut defined = 0;
        for payload in Parser::new(0).parse_all(interpreter) {
            match payload? {
                Payload::ImportSection(section) => rewriter.add_imports(section, capabilities)?,
                Payload::FunctionSection(section) => defined = section.count(),
                // Only functions are imported, so the variables are all its own.
                Payload::GlobalSection(section) => {
                    rewriter.has_globals = true;
                    rewriter.length_variable = section.count();
                }
                Payload::DataCountSection { .. } => rewriter.has_data_count = true,
                Payload::DataSection(section) => rewriter.segment = section.count(),
                _ => {}
            }
        }
        rewriter.assign_indices(defined);
        Ok(rewriter)
    }

    fn add_imports(
        &mut self,
        section: ImportSectionReader<'_>,
        capabilities: &[Capability],
    ) -> Result<(), ProgramError> {
        for import in section.into_imports() {
            let import = import?;
            let TypeRef::Func(signature) = import.ty else {
                return Err(ProgramError::NotAFunction(import.name.into()));
            };
            let fate = ImportRewrite::choose(import.module, import.name, capabilities);
            self.kept_count += u32::from(fate == ImportRewrite::Keep);
            self.imported.push(ImportedFunction { rewrite: fate, signature, index: 0 });
        }
        Ok(())
    }

    /// Assigns the new function indices: kept imports first, then the interpreter's own
    /// functions, then the replacements of removed imports.
    fn assign_indices(&mut self, defined: u32) {
        let (mut next_kept, mut next_replaced) = (0, self.kept_count + defined);
        for import in &mut self.imported {
            let next = if import.rewrite == ImportRewrite::Keep {
                &mut next_kept
            } else {
                &mut next_replaced
            };
            import.index = *next;
            *next += 1;
        }
    }

    fn replaced_imports(&self) -> impl Iterator<Item = &ImportedFunction> {
        self.imported.iter().filter(|import| import.rewrite != ImportRewrite::Keep)
    }

    fn replacement_body(&self, fate: ImportRewrite) -> Function {
        let mut body = Function::new([]);
        let mut instructions = body.instructions();
        match fate {
            ImportRewrite::ReturnLength => instructions.global_get(self.length_variable),
            ImportRewrite::CopyProgram => instructions
                .local_get(0)
                .i32_const(0)
                .global_get(self.length_variable)
                .memory_init(0, self.segment),
            ImportRewrite::Keep | ImportRewrite::Trap => instructions.unreachable(),
        };
        instructions.end();
        body
    }

    /// Adds the variable that holds the length of the program. The compiler would write the value of an
    /// immutable one into the code.
    fn add_length_variable(&self, globals: &mut GlobalSection) {
        let variable = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(variable, &ConstExpr::i32_const(self.program.len() as i32));
    }
}

type Reencoded<T> = Result<T, Error>;

impl Reencode for Rewriter<'_> {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Reencoded<u32> {
        let imports = self.imported.len() as u32;
        Ok(match self.imported.get(function as usize) {
            Some(import) => import.index,
            None => function - imports + self.kept_count,
        })
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Reencoded<()> {
        for (index, import) in section.into_imports().enumerate() {
            let import = import?;
            if self
                .imported
                .get(index)
                .is_some_and(|imported| imported.rewrite == ImportRewrite::Keep)
            {
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
        for import in self.replaced_imports() {
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
        for import in self.replaced_imports() {
            code.function(&self.replacement_body(import.rewrite));
        }
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: GlobalSectionReader<'_>,
    ) -> Reencoded<()> {
        RoundtripReencoder.parse_global_section(globals, section)?;
        self.add_length_variable(globals);
        Ok(())
    }

    fn intersperse_section_hook(
        &mut self,
        module: &mut Module,
        _after: Option<SectionId>,
        before: Option<SectionId>,
    ) -> Reencoded<()> {
        if !self.has_globals && before.is_none_or(follows_globals) {
            self.has_globals = true;
            let mut globals = GlobalSection::new();
            self.add_length_variable(&mut globals);
            module.section(&globals);
        }
        if before == Some(SectionId::Code) && !self.has_data_count {
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

/// Returns whether this section comes after the one with the variables.
fn follows_globals(section: SectionId) -> bool {
    matches!(
        section,
        SectionId::Export
            | SectionId::Start
            | SectionId::Element
            | SectionId::DataCount
            | SectionId::Code
            | SectionId::Data
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmtime::{Engine, Instance, Module, Store};

    /// Calls, exports and stores functions with indices below and above the removed imports, so
    /// that every kind of reference is renumbered.
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
    fn embeds_the_program() {
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
    fn code_is_the_same_for_every_program() {
        let with_globals = INTERPRETER
            .replace("(table 2 funcref)", "(table 2 funcref) (global i32 (i32.const 7))");
        for interpreter in [INTERPRETER, &with_globals] {
            let code = |program: &[u8]| {
                let interpreter = wat::parse_str(interpreter).unwrap();
                let module = embed_program(&interpreter, program, &[]).unwrap();
                wasmparser::validate(&module).unwrap();
                let parts = Parser::new(0).parse_all(&module).filter_map(|payload| match payload {
                    Ok(Payload::CodeSectionStart { range, .. }) => Some(module[range].to_vec()),
                    _ => None,
                });
                parts.collect::<Vec<_>>()
            };
            assert_eq!(code(b"a program"), code(&[b'x'; 1_000]));
        }
    }

    #[test]
    fn unused_capabilities_are_not_imported_and_trap() {
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
    fn rejects_what_is_not_an_interpreter() {
        let strange = wat::parse_str(r#"(module (import "env" "memory" (memory 1)))"#).unwrap();
        let error = embed_program(&strange, b"", &[]).unwrap_err();
        assert_eq!(error.to_string(), "the interpreter imports `memory`, which is not a function");
        assert!(embed_program(b"\0asm nothing", b"", &[]).is_err());
    }
}
