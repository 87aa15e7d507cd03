//! Commands that keep data of one subject and look for it in the next judgement, wherever a guest
//! can reach: statics, the heap, pages beyond the heap, and memory that was never written.

use std::cell::RefCell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use tollgate_sdk::{Finding, Report};

use crate::exhaust::grow;

/// Marks a block in memory. The value is an immediate in the code and not in the data section, so
/// the memory of a sandbox does not contain it until a block is written.
const TAG: u64 = 0x7e4d_0b5e_55ed_c0de;
const PAGE_BYTES: usize = 1 << 16;
/// 2 MiB, so that the pool has more than one page to reset.
const PAGES_GROWN: usize = 32;
const SECRET_BYTES_MAX: usize = 244;

static COUNT: AtomicU32 = AtomicU32::new(0);
static STATIC: Mutex<String> = Mutex::new(String::new());

thread_local! {
    static LOCAL: RefCell<String> = const { RefCell::new(String::new()) };
}

#[repr(C)]
struct Block {
    tag: u64,
    length: u32,
    bytes: [u8; SECRET_BYTES_MAX],
}

/// Counts the judgements of this sandbox, which is always 1 if each gets its own.
pub fn count() -> Report {
    let count = COUNT.fetch_add(1, Relaxed) + 1;
    Report::pass().measure("count", f64::from(count))
}

pub fn remember(secret: &str) -> Report {
    *lock() = secret.into();
    LOCAL.set(secret.into());
    Box::leak(Box::new(empty_block())).write(secret);
    for page in grown_pages() {
        page.write(secret);
    }
    Report::pass()
}

/// Reports a critical finding for each place in which data is left.
pub fn recall() -> Report {
    let fresh = grow(PAGES_GROWN).expect("room for a few pages");
    let places = [
        ("static", lock().clone()),
        ("thread-local", LOCAL.take()),
        ("memory", secret_in_memory().unwrap_or_default()),
        ("fresh pages", if is_zero(fresh) { String::new() } else { "not zero".into() }),
    ];
    let left = places.into_iter().filter(|(_, secret)| !secret.is_empty());
    let finding = |(place, secret)| Finding::critical("recalled", format!("{place}: {secret}"));
    Report::of(left.map(finding).collect())
}

fn lock() -> std::sync::MutexGuard<'static, String> {
    STATIC.lock().unwrap()
}

fn empty_block() -> Block {
    Block { tag: 0, length: 0, bytes: [0; SECRET_BYTES_MAX] }
}

impl Block {
    /// Writes volatile, because the compiler sees no read and would remove the write.
    fn write(&mut self, secret: &str) {
        let mut block = Block { tag: TAG, ..empty_block() };
        for (place, byte) in block.bytes.iter_mut().zip(secret.bytes()) {
            *place = byte;
            block.length += 1;
        }
        // SAFETY: `self` is a valid place for a block.
        unsafe { std::ptr::write_volatile(self, block) };
    }
}

/// Grows the memory, and returns a block at the start of each new page.
fn grown_pages() -> impl Iterator<Item = &'static mut Block> {
    let pages = grow(PAGES_GROWN)
        .into_iter()
        .flat_map(|start| (0..PAGES_GROWN).map(move |page| start + page * PAGE_BYTES));
    // SAFETY: the pages are ours alone, zero (a valid block) and aligned.
    pages.map(|address| unsafe { &mut *(address as *mut Block) })
}

/// Returns the secret of the first block that has one. A half-written block may be empty.
fn secret_in_memory() -> Option<String> {
    let mut places = (8..memory_end()).step_by(8).filter(|&address| word(address) == TAG);
    places.find_map(|address| {
        let length = (word(address + 8) as u32 as usize).min(SECRET_BYTES_MAX);
        let bytes: Vec<u8> = (address + 12..address + 12 + length).map(byte).collect();
        (length > 0).then(|| String::from_utf8_lossy(&bytes).into_owned())
    })
}

/// Returns whether the memory is zero from `start` to its end.
fn is_zero(start: usize) -> bool {
    (start..memory_end()).step_by(8).all(|address| word(address) == 0)
}

fn word(address: usize) -> u64 {
    // SAFETY: callers stay below the end of the memory, and above address 0.
    unsafe { std::ptr::read_volatile(address as *const u64) }
}

fn byte(address: usize) -> u8 {
    // SAFETY: as for `word`.
    unsafe { std::ptr::read_volatile(address as *const u8) }
}

fn memory_end() -> usize {
    core::arch::wasm32::memory_size(0) * PAGE_BYTES - size_of::<Block>()
}
