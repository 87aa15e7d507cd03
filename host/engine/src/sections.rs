//! Rewrites sections of a component or module, and copies the others as they are.

use wasmparser::{BinaryReaderError, Parser, Payload};

/// Length of the magic number and version.
const HEADER_BYTES: usize = 8;

/// Returns the file with some of its top-level sections rewritten. `rewrite` appends what replaces a
/// section, if anything, and returns `true`, or it returns `false` to keep the section.
pub(crate) fn rewrite_sections<'w, E: From<BinaryReaderError>>(
    wasm: &'w [u8],
    mut rewrite: impl FnMut(&Payload<'w>, &mut Vec<u8>) -> Result<bool, E>,
) -> Result<Vec<u8>, E> {
    let mut rewritten = Vec::with_capacity(wasm.len());
    rewritten.extend_from_slice(wasm.get(..HEADER_BYTES).unwrap_or(wasm));
    let mut nesting_depth = 0_u32;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if nesting_depth == 0
            && let Some((id, range)) = payload.as_section()
            && !rewrite(&payload, &mut rewritten)?
        {
            let body = wasm.get(range).unwrap_or_default();
            crate::manifest_section::write_section(&mut rewritten, id, body);
        }
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => nesting_depth += 1,
            Payload::End(_) => nesting_depth = nesting_depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(rewritten)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NESTED: &str = r#"(component
        (@custom "note" "outer")
        (core module (@custom "note" "inner") (memory 1) (func (export "f") nop))
        (component (core module (func (export "g") nop)))
        (core module (memory 2)))"#;

    type Rewritten = Result<Vec<u8>, BinaryReaderError>;

    #[test]
    fn keeps_every_section() {
        let component = wat::parse_str(NESTED).unwrap();
        let same: Rewritten = rewrite_sections(&component, |_, _| Ok(false));
        assert_eq!(same.unwrap(), component);
    }

    #[test]
    fn rewrites_only_sections_of_the_outermost_level() {
        let component = wat::parse_str(NESTED).unwrap();
        let mut seen = Vec::new();
        let without: Rewritten = rewrite_sections(&component, |payload, _| {
            seen.extend(payload.as_section().map(|(id, _)| id));
            Ok(matches!(payload, Payload::CustomSection(_)))
        });
        // A custom section, a module, a component and a module.
        assert_eq!(seen, [0, 1, 4, 1]);
        let has = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).any(|seen| seen == word);
        let without = without.unwrap();
        assert!(!has(&without, b"outer") && has(&without, b"inner"));
        let damaged: Rewritten = rewrite_sections(b"\0asm nothing", |_, _| Ok(false));
        assert!(damaged.is_err());
    }
}
