//! There is no randomness in a sandbox: the same subject gets the same report.
//!
//! The crate `getrandom` comes in through many others, mostly to seed hash maps. On this
//! target it would import JavaScript, and the component would be refused. `tollgate
//! build` tells it that there is a backend of our own instead, and this is it: always the
//! same sequence. It is not for secrets, and a contract has none.

#[cfg(all(target_family = "wasm", getrandom_backend = "custom"))]
mod backend {
    use std::num::NonZeroU32;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    static STATE: AtomicU64 = AtomicU64::new(0);

    // The name and the signature are those that getrandom 0.3 and 0.4 link against; their
    // error type is a number that is not zero, and it is never made here.
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

/// SplitMix64: each step of the state gives a number that looks like no other.
#[cfg(any(test, all(target_family = "wasm", getrandom_backend = "custom")))]
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

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
    fn it_is_splitmix64() {
        assert_eq!(super::mix(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(super::mix(super::STEP), 0x6e78_9e6a_a1b9_65f4);
    }
}
