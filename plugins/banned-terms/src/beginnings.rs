//! Which three characters a term may begin with. It spares most places of a text the
//! walk into the tree, and may say yes too often, but never no.

/// Letters of either case and the space are told apart; other characters may be taken
/// for one of them.
const KINDS: usize = 32;
/// Added to the kind of white space, which reads as one space, however much there is.
const SPACE: u8 = 32;
/// What a byte is that says nothing alone.
const UNKNOWN: u8 = 64;

/// For each two first characters, one bit for each third.
#[derive(Debug)]
pub(crate) struct Beginnings {
    kinds: [u8; 256],
    thirds: Box<[u32; KINDS * KINDS]>,
}

impl Beginnings {
    /// Those of the folded terms.
    pub(crate) fn new<'t>(terms: impl Iterator<Item = &'t [u8]>) -> Self {
        let mut thirds = Box::new([0; KINDS * KINDS]);
        for term in terms {
            let mut bytes = term.iter().map(|byte| usize::from(*byte) % KINDS);
            let (first, second, third) = (bytes.next(), bytes.next(), bytes.next());
            let row = first.unwrap_or_default() * KINDS;
            // Behind the end of a short term anything may stand.
            let seconds = second.map_or(0..KINDS, |second| second..second + 1);
            let third = third.map_or(u32::MAX, |third| 1 << third);
            for cell in thirds.iter_mut().skip(row).take(seconds.end).skip(seconds.start) {
                *cell |= third;
            }
        }
        Self { kinds: kinds(), thirds }
    }

    /// Whether a term may begin here, where there is no white space.
    #[inline]
    pub(crate) fn include(&self, text: &[u8], at: usize) -> bool {
        let Some(bytes) = text.get(at..at + 3) else { return true };
        let [first, second, third] =
            [0, 1, 2].map(|at| bytes.get(at).map_or(UNKNOWN, |byte| self.kind(*byte)));
        if (first | second) & UNKNOWN != 0 {
            return true;
        }
        let pair = usize::from(first) * KINDS + usize::from(second) % KINDS;
        let thirds = self.thirds.get(pair).copied().unwrap_or_default();
        // White space behind white space reads as nothing.
        let unknown = third & UNKNOWN | second & third & SPACE;
        let third = if unknown != 0 { u32::MAX } else { 1 << (usize::from(third) % KINDS) };
        thirds & third != 0
    }

    #[inline]
    fn kind(&self, byte: u8) -> u8 {
        self.kinds.get(usize::from(byte)).copied().unwrap_or(UNKNOWN)
    }
}

fn kinds() -> [u8; 256] {
    let mut kinds = [UNKNOWN; 256];
    for (byte, kind) in (0..=u8::MAX).zip(&mut kinds) {
        match byte {
            _ if byte.is_ascii_graphic() => *kind = byte % KINDS as u8,
            b' ' | b'\t'..=b'\r' => *kind = SPACE,
            _ => (),
        }
    }
    kinds
}
