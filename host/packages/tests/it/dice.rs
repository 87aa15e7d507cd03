//! A random number generator that gives the same numbers in every run.

/// xorshift64*.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d);
        (mixed >> 33) as usize % below.max(1)
    }

    /// Returns up to `count_max` pieces, concatenated.
    pub fn text(&mut self, pieces: &[&str], count_max: usize) -> String {
        let count = self.roll(count_max + 1);
        (0..count).map(|_| pieces[self.roll(pieces.len())]).collect()
    }
}
