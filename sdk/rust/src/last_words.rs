//! Leaves the message of a panic where the host finds it after the trap.
//!
//! A contract has no output to print to, and a trapped instance cannot be called. The panic hook
//! therefore writes into a buffer at a known address, and the host reads it from the memory of
//! the trapped instance. `tollgate-last-words` holds the length of the message in four bytes,
//! followed by the message.

use std::sync::Once;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// Longer messages are cut. This is a hint for the author, not a log.
const MESSAGE_BYTES_MAX: usize = 1020;
const LENGTH_BYTES: usize = 4;

// The host finds the buffer through an exported global with its address.
#[allow(unsafe_code)]
#[cfg_attr(target_family = "wasm", unsafe(export_name = "tollgate-last-words"))]
static LAST_WORDS: [AtomicU8; LENGTH_BYTES + MESSAGE_BYTES_MAX] =
    [const { AtomicU8::new(0) }; LENGTH_BYTES + MESSAGE_BYTES_MAX];

/// Makes every later panic leave its message.
pub(crate) fn install_panic_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| store_message(&panic.to_string())));
    });
}

fn store_message(message: &str) {
    let end = message.floor_char_boundary(MESSAGE_BYTES_MAX);
    let message = message.as_bytes().iter().take(end);
    let length = (end as u32).to_le_bytes();
    for (byte, place) in length.iter().chain(message).zip(&LAST_WORDS) {
        place.store(*byte, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored_message() -> String {
        let bytes: Vec<u8> = LAST_WORDS.iter().map(|byte| byte.load(Relaxed)).collect();
        let length = u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
        String::from_utf8(bytes[4..4 + length].to_vec()).unwrap()
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        store_message("short");
        assert_eq!(stored_message(), "short");
        store_message(&"ä".repeat(2000));
        assert_eq!(stored_message(), "ä".repeat(MESSAGE_BYTES_MAX / 2));
    }
}
