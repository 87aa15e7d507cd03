//! Components that were damaged in every way that a seeded generator thinks of. What the
//! fuzzer does without end, this does for a while.

use std::sync::Arc;

use crate::common::{component, engine, guest, judge, load, word};
use crate::guests;

#[path = "../../../../tests/fuzz/bodies.rs"]
mod bodies;

const LOOKED_AT: u64 = 8_000;
const LOADED: u64 = 4_000;

/// xorshift64*: the same damage in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d);
        (mixed >> 33) as usize % below.max(1)
    }

    fn damage(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.roll(3) {
            let at = self.roll(bytes.len());
            let to = (at + self.roll(64)).min(bytes.len());
            match self.roll(7) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..to)),
                2 => {
                    let copy = bytes[at..to].to_vec();
                    let place = self.roll(bytes.len());
                    bytes.splice(place..place, copy);
                }
                3 => bytes[at..to].fill(self.roll(256) as u8),
                4 => bytes.insert(at, self.roll(256) as u8),
                5 => bytes[at..to].reverse(),
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << self.roll(8);
                    }
                }
            }
            if bytes.is_empty() {
                return;
            }
        }
    }
}

fn seeds() -> Vec<Arc<[u8]>> {
    let text = ["minimal", "finding", "residue-table", "reentrant", "last-words-lying"];
    let all = tollgate_model::Capability::ALL;
    text.map(|name| component(guests::guest(name), &all)).to_vec()
}

#[test]
fn looked_at() {
    let mut seeds = seeds();
    seeds.push(guest("empty"));
    let mut dice = Dice(1);
    let mut fine = 0;
    for round in 0..LOOKED_AT {
        let mut bytes = seeds[round as usize % seeds.len()].to_vec();
        dice.damage(&mut bytes);
        fine += u32::from(bodies::look(&bytes));
    }
    assert!(fine > 0, "some damage makes no difference");
}

#[tokio::test]
async fn loaded() {
    let engine = engine();
    let seeds = seeds();
    let mut dice = Dice(2);
    let mut fine = 0;
    for round in 0..LOADED {
        let mut bytes = seeds[round as usize % seeds.len()].to_vec();
        dice.damage(&mut bytes);
        fine += u32::from(bodies::judge(&engine, &bytes).await);
    }
    assert!(fine > 0, "some damage makes no difference");
    let whole = load(&engine, seeds[0].clone()).await.unwrap();
    assert_eq!(word(&judge(&whole, "text").await), "pass");
}
