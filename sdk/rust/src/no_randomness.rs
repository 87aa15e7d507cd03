//! Deterministic backend for the crate `getrandom`: the same subject must get the same report.
//!
//! Many crates depend on `getrandom`, mostly to seed hash maps. On this target it would import
//! JavaScript functions, and the component would be refused. `tollgate build` configures it to
//! use this backend, which always returns the same sequence. It must not be used for secrets,
//! and a contract has none.

#[cfg(all(target_family = "wasm", getrandom_backend = "custom"))]
mod backend {
    use std::num::NonZeroU32;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    static STATE: AtomicU64 = AtomicU64::new(0);

    // getrandom 0.3 and 0.4 link against this name and signature. Their error type is a non-zero
    // number; this function never fails.
    #[allow(unsafe_code)]
    #[unsafe(no_mangle)]
    unsafe extern "Rust" fn __getrandom_v03_custom(
        start: *mut u8,
        length: usize,
    ) -> Result<(), NonZeroU32> {
        // SAFETY: getrandom passes the start and length of a buffer of its own.
        let buffer = unsafe { std::slice::from_raw_parts_mut(start, length) };
        for chunk in buffer.chunks_mut(size_of::<u64>()) {
            let bytes = super::mix(STATE.fetch_add(super::STEP, Relaxed)).to_le_bytes();
            chunk.iter_mut().zip(bytes).for_each(|(byte, mixed)| *byte = mixed);
        }
        Ok(())
    }
}

/// Increment of the state of SplitMix64.
#[cfg(any(test, all(target_family = "wasm", getrandom_backend = "custom")))]
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Returns the pseudo-random number for a state, as SplitMix64 does.
#[cfg(any(test, all(target_family = "wasm", getrandom_backend = "custom")))]
fn mix(state: u64) -> u64 {
    let mixed = state.wrapping_add(STEP);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    /// The published first numbers of SplitMix64 from seed 0.
    #[test]
    fn matches_splitmix64() {
        assert_eq!(super::mix(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(super::mix(super::STEP), 0x6e78_9e6a_a1b9_65f4);
    }
}
