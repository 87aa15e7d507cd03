//! Randomly damaged components, from a seeded generator: a bounded version of the fuzz targets.

use std::sync::Arc;

use crate::common::{component, engine, guest, judge, load, verdict_name};
use crate::guests;

#[path = "../../../../tests/fuzz/bodies.rs"]
mod bodies;

const INSPECTIONS: u64 = 8_000;
const LOADS: u64 = 4_000;

/// xorshift64*, so that every run does the same damage.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d);
        (mixed >> 33) as usize % bound.max(1)
    }

    fn damage(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len());
            let to = (at + self.below(64)).min(bytes.len());
            match self.below(7) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..to)),
                2 => {
                    let copy = bytes[at..to].to_vec();
                    let place = self.below(bytes.len());
                    bytes.splice(place..place, copy);
                }
                3 => bytes[at..to].fill(self.below(256) as u8),
                4 => bytes.insert(at, self.below(256) as u8),
                5 => bytes[at..to].reverse(),
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << self.below(8);
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
fn inspecting_damaged_components_is_safe() {
    let mut seeds = seeds();
    seeds.push(guest("empty"));
    let mut random = Random(1);
    let mut sound = 0;
    for round in 0..INSPECTIONS {
        let mut bytes = seeds[round as usize % seeds.len()].to_vec();
        random.damage(&mut bytes);
        sound += u32::from(bodies::try_inspect(&bytes));
    }
    assert!(sound > 0, "some damage must be harmless");
}

#[tokio::test]
async fn judging_with_damaged_components_is_safe() {
    let engine = engine();
    let seeds = seeds();
    let mut random = Random(2);
    let mut sound = 0;
    for round in 0..LOADS {
        let mut bytes = seeds[round as usize % seeds.len()].to_vec();
        random.damage(&mut bytes);
        sound += u32::from(bodies::try_judge(&engine, &bytes).await);
    }
    assert!(sound > 0, "some damage must be harmless");
    let whole = load(&engine, seeds[0].clone()).await.unwrap();
    assert_eq!(verdict_name(&judge(&whole, "text").await), "pass");
}
