//! Random texts for the tests of the standard contracts. Every run generates the same ones.

/// A small pseudo-random number generator (xorshift).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }

    /// Returns a text of at most `characters_max` characters from the alphabet.
    pub(crate) fn text(&mut self, alphabet: &str, characters_max: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        let characters = self.below(characters_max + 1);
        (0..characters).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }
}
