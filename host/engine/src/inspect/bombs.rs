//! Rejects compiler bombs: small files that take very long or very much memory to compile.
//!
//! Neither fuel nor a deadline stops the compiler, so its input is bounded. The memory for
//! nested components grows with the square of their depth. The time for branch tables grows
//! with the number of their targets, much faster when fuel is counted.

use wasmparser::{FunctionBody, Operator, Parser, Payload};

use super::InspectError;

/// Nesting limit; toolchains that adapt one component to another nest three deep.
const DEPTH_MAX: u32 = 16;
/// Limit of a function's size. The largest one known is an interpreter loop of some 200 KB.
const FUNCTION_BYTES_MAX: usize = 4 << 20;
/// Limit of a function's branch targets. An interpreter loop has some thousand; sixty thousand
/// take eight seconds to compile.
const BRANCHES_PER_FUNCTION_MAX: u64 = 20_000;

pub(super) fn check_compile_cost(component: &[u8]) -> Result<(), InspectError> {
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
            let reason = format!("its components are nested more than {DEPTH_MAX} deep");
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
        let reason = format!("a function has {bytes} bytes, but the limit is {FUNCTION_BYTES_MAX}");
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
            "a function branches to {branches} places, but the limit is {BRANCHES_PER_FUNCTION_MAX}"
        );
        return Err(InspectError::Bomb(reason));
    }
    Ok(())
}
