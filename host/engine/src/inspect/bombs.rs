//! Rejects compiler bombs: small files that take very long or very much memory to compile.
//!
//! Neither fuel nor a deadline stops the compiler, so its input is bounded: each function, and the
//! sum of all modules. The bounds are several times what the largest contract known has, which is
//! CPython with its libraries, and refuse at once. They do not make compiling cheap: a component just below them
//! may take minutes, which only a compile process ends ([`crate::CompileProcess`]).

use std::fmt;

use wasmparser::{ElementItems, FunctionBody, Operator, Parser, Payload, TypeRef};

use super::InspectError;

/// Amount in a component that compiling costs time or memory for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompileAmount {
    /// Depth of components within components. The memory for them grows with its square.
    NestedComponents,
    CodeBytes,
    Functions,
    /// Types of modules and components.
    Types,
    TypeBytes,
    /// Entries of the segments that fill tables.
    Elements,
    /// Imports, exports, globals, segments and whatever else has an index, but functions and types.
    Items,
    /// Local variables of all functions.
    Locals,
    /// Targets of the branch tables of all functions.
    BranchTargets,
    FunctionBytes,
    FunctionBranchTargets,
    /// Depth of blocks within blocks.
    FunctionNesting,
    /// Blocks of a function times its local variables: the compiler looks at every variable in every
    /// block that it may be live in.
    FunctionStates,
    /// Sum of the states of all functions.
    States,
}

impl CompileAmount {
    const fn limit(self) -> u64 {
        match self {
            // Toolchains that adapt one component to another nest three deep.
            Self::NestedComponents => 16,
            // CPython has 6.5 MB.
            Self::CodeBytes => 32 << 20,
            // CPython has 13,000. Each takes 5 KB to compile.
            Self::Functions => 100_000,
            // CPython has 1,400, in 11 KB.
            Self::Types => 10_000,
            Self::TypeBytes => 256 << 10,
            // As many as the largest table may have. Each takes 600 bytes to compile.
            Self::Elements => 200_000,
            // CPython has 12,000, most of them to link its libraries.
            Self::Items => 200_000,
            // CPython has 48,000.
            Self::Locals => 1_000_000,
            // CPython has 44,000.
            Self::BranchTargets => 500_000,
            // CPython has one of 430 KB.
            Self::FunctionBytes => 768 << 10,
            // CPython has one with 16,000. Sixty thousand take eight seconds to compile.
            Self::FunctionBranchTargets => 20_000,
            // A `switch` nests as deep as it has cases, 780 in CPython.
            Self::FunctionNesting => 3_000,
            // CPython has 68,000 at most, and 1.4 million in all. A million takes up to ten seconds.
            Self::FunctionStates => 500_000,
            Self::States => 10_000_000,
        }
    }

    /// Fails if there is too much of it.
    fn check(self, found: u64) -> Result<(), InspectError> {
        let limit = self.limit();
        if found > limit {
            return Err(InspectError::Bomb { amount: self, found, limit });
        }
        Ok(())
    }
}

impl fmt::Display for CompileAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NestedComponents => "components within components",
            Self::CodeBytes => "bytes of code",
            Self::Functions => "functions",
            Self::Types => "types",
            Self::TypeBytes => "bytes of types",
            Self::Elements => "elements of tables",
            Self::Items => "imports, exports and other items",
            Self::Locals => "local variables",
            Self::BranchTargets => "branch targets",
            Self::FunctionBytes => "bytes of code in a function",
            Self::FunctionBranchTargets => "branch targets in a function",
            Self::FunctionNesting => "blocks within blocks in a function",
            Self::FunctionStates => "states of variables in a function",
            Self::States => "states of variables",
        })
    }
}

pub(super) fn check_compile_cost(component: &[u8]) -> Result<(), InspectError> {
    let mut total = ComponentAmounts::default();
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(malformed)?;
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => total.depth += 1,
            Payload::End(_) => total.depth = total.depth.saturating_sub(1),
            Payload::CodeSectionEntry(body) => total.add_function(&body)?,
            Payload::ElementSection(segments) => {
                total.items += u64::from(segments.count());
                for segment in segments {
                    total.elements += match segment.map_err(malformed)?.items {
                        ElementItems::Functions(items) => u64::from(items.count()),
                        ElementItems::Expressions(_, items) => u64::from(items.count()),
                    };
                }
            }
            payload => total.add_section(&payload)?,
        }
        total.check()?;
    }
    Ok(())
}

/// Amounts of a component, with everything in it, as far as it has been read.
#[derive(Default)]
struct ComponentAmounts {
    depth: u64,
    code_bytes: u64,
    functions: u64,
    types: u64,
    type_bytes: u64,
    elements: u64,
    items: u64,
    locals: u64,
    branch_targets: u64,
    states: u64,
}

impl ComponentAmounts {
    fn check(&self) -> Result<(), InspectError> {
        CompileAmount::NestedComponents.check(self.depth)?;
        CompileAmount::CodeBytes.check(self.code_bytes)?;
        CompileAmount::Functions.check(self.functions)?;
        CompileAmount::Types.check(self.types)?;
        CompileAmount::TypeBytes.check(self.type_bytes)?;
        CompileAmount::Elements.check(self.elements)?;
        CompileAmount::Items.check(self.items)?;
        CompileAmount::Locals.check(self.locals)?;
        CompileAmount::BranchTargets.check(self.branch_targets)?;
        CompileAmount::States.check(self.states)
    }

    fn add_section(&mut self, payload: &Payload<'_>) -> Result<(), InspectError> {
        let mut add_types = |count: u32, bytes: usize| {
            self.types += u64::from(count);
            self.type_bytes += bytes as u64;
        };
        let items = match payload {
            Payload::TypeSection(types) => {
                add_types(types.count(), types.range().len());
                0
            }
            Payload::CoreTypeSection(types) => {
                add_types(types.count(), types.range().len());
                0
            }
            Payload::ComponentTypeSection(types) => {
                add_types(types.count(), types.range().len());
                0
            }
            Payload::ImportSection(imports) => {
                for import in imports.clone().into_imports() {
                    refuse_exact_function(&import.map_err(malformed)?.ty)?;
                    // A group of imports counts as one in the section.
                    self.items += 1;
                }
                0
            }
            Payload::FunctionSection(functions) => {
                self.functions += u64::from(functions.count());
                0
            }
            Payload::TableSection(section) => section.count(),
            Payload::MemorySection(section) => section.count(),
            Payload::GlobalSection(section) => section.count(),
            Payload::ExportSection(section) => section.count(),
            Payload::DataSection(section) => section.count(),
            Payload::InstanceSection(section) => section.count(),
            Payload::ComponentInstanceSection(section) => section.count(),
            Payload::ComponentAliasSection(section) => section.count(),
            Payload::ComponentCanonicalSection(section) => section.count(),
            Payload::ComponentImportSection(section) => section.count(),
            Payload::ComponentExportSection(section) => section.count(),
            _ => 0,
        };
        self.items += u64::from(items);
        Ok(())
    }

    fn add_function(&mut self, body: &FunctionBody<'_>) -> Result<(), InspectError> {
        let bytes = body.range().len() as u64;
        CompileAmount::FunctionBytes.check(bytes)?;
        let mut locals = 0;
        for group in body.get_locals_reader().map_err(malformed)? {
            locals += u64::from(group.map_err(malformed)?.0);
        }
        let shape = FunctionShape::read(body)?;
        CompileAmount::FunctionNesting.check(shape.nesting)?;
        CompileAmount::FunctionBranchTargets.check(shape.branch_targets)?;
        let states = shape.blocks.saturating_mul(locals);
        CompileAmount::FunctionStates.check(states)?;
        self.code_bytes += bytes;
        self.locals += locals;
        self.branch_targets += shape.branch_targets;
        self.states += states;
        Ok(())
    }
}

/// Fails for functions of exact types, which belong to a proposal that is off. wasmparser lets them
/// pass, and code behind it panics.
fn refuse_exact_function(import: &TypeRef) -> Result<(), InspectError> {
    match import {
        TypeRef::FuncExact(_) => {
            Err(InspectError::Malformed("it imports a function of an exact type".into()))
        }
        _ => Ok(()),
    }
}

/// Structure of a function's code.
#[derive(Default)]
struct FunctionShape {
    blocks: u64,
    nesting: u64,
    branch_targets: u64,
}

impl FunctionShape {
    fn read(body: &FunctionBody<'_>) -> Result<Self, InspectError> {
        let mut shape = Self::default();
        let mut depth = 0_u64;
        for operator in body.get_operators_reader().map_err(malformed)? {
            match operator.map_err(malformed)? {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                    depth += 1;
                    shape.blocks += 1;
                    shape.nesting = shape.nesting.max(depth);
                }
                Operator::End => depth = depth.saturating_sub(1),
                Operator::BrTable { targets } => {
                    shape.branch_targets += u64::from(targets.len());
                }
                _ => {}
            }
        }
        Ok(shape)
    }
}

fn malformed(error: wasmparser::BinaryReaderError) -> InspectError {
    InspectError::Malformed(error.to_string())
}
