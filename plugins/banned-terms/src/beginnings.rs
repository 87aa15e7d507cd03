//! Which three characters a term may begin with. It spares most places of a text the
//! walk into the tree, and may say yes too often, but never no.

/// Letters of either case and the space are told apart; other characters may be taken
/// for one of them.
const KINDS: usize = 32;

/// For each two first characters, one bit for each third.
#[derive(Debug)]
pub(crate) struct Beginnings(Box<[u32; KINDS * KINDS]>);

fn kind(byte: u8) -> usize {
    usize::from(byte) % KINDS
}

impl Beginnings {
    /// Those of the folded terms.
    pub(crate) fn new<'t>(terms: impl Iterator<Item = &'t [u8]>) -> Self {
        let mut thirds = Box::new([0; KINDS * KINDS]);
        for term in terms {
            let mut bytes = term.iter().map(|byte| kind(*byte));
            let (first, second, third) = (bytes.next(), bytes.next(), bytes.next());
            let row = first.unwrap_or_default() * KINDS;
            // Behind the end of a short term anything may stand.
            let seconds = second.map_or(0..KINDS, |second| second..second + 1);
            let third = third.map_or(u32::MAX, |third| 1 << third);
            for cell in thirds.iter_mut().skip(row).take(seconds.end).skip(seconds.start) {
                *cell |= third;
            }
        }
        Self(thirds)
    }

    /// Whether a term may begin with these three characters, if they read as themselves.
    #[inline]
    pub(crate) fn include(&self, first: u8, second: u8, third: u8) -> bool {
        let thirds = self.0.get(kind(first) * KINDS + kind(second)).copied().unwrap_or_default();
        thirds & (1 << kind(third)) != 0
    }
}
