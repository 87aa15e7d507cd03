//! Files that are small and take a compiler very long, or very much memory.
//!
//! Neither fuel nor a clock stops a compiler, so what it is given is bounded. Components
//! within each other cost memory by the square of their depth; branch tables cost time
//! by the number of their targets, many times over when fuel is counted.

use wasmparser::{FunctionBody, Operator, Parser, Payload};

use super::InspectError;

/// Toolchains that adapt one component to another nest three deep.
const DEPTH_MAX: u32 = 16;
/// The largest function known is the loop of an interpreter, of some 200 KB.
const FUNCTION_BYTES_MAX: usize = 4 << 20;
/// Such a loop branches to some thousand places. Sixty thousand take eight seconds.
const BRANCHES_PER_FUNCTION_MAX: u64 = 20_000;

pub(super) fn check(component: &[u8]) -> Result<(), InspectError> {
    let malformed =
        |error: wasmparser::BinaryReaderError| InspectError::Malformed(error.to_string());
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(component) {
        match payload.map_err(malformed)? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CodeSectionEntry(body) => check_function(&body)?,
            _ => {}
        }
        if depth > DEPTH_MAX {
            let reason = format!("components lie more than {DEPTH_MAX} deep in each other");
            return Err(InspectError::Bomb(reason));
        }
    }
    Ok(())
}

fn check_function(body: &FunctionBody<'_>) -> Result<(), InspectError> {
    let malformed =
        |error: wasmparser::BinaryReaderError| InspectError::Malformed(error.to_string());
    let bytes = body.range().len();
    if bytes > FUNCTION_BYTES_MAX {
        let reason = format!("a function has {bytes} bytes, and may have {FUNCTION_BYTES_MAX}");
        return Err(InspectError::Bomb(reason));
    }
    let mut branches = 0;
    for operator in body.get_operators_reader().map_err(malformed)? {
        if let Operator::BrTable { targets } = operator.map_err(malformed)? {
            branches += u64::from(targets.len());
        }
    }
    if branches > BRANCHES_PER_FUNCTION_MAX {
        let reason = format!(
            "a function branches to {branches} places, and may to {BRANCHES_PER_FUNCTION_MAX}"
        );
        return Err(InspectError::Bomb(reason));
    }
    Ok(())
}
