//! The units and their names. The module `count` counts them.

/// A unit of length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes of UTF-8.
    Bytes,
    /// Unicode scalar values.
    Characters,
    /// Characters as a reader perceives them.
    Graphemes,
    /// Words with at least one letter or digit.
    Words,
    /// Sentences with at least one letter or digit.
    Sentences,
    /// Lines, the last one with or without a line break.
    Lines,
    /// Blocks of lines, separated by blank lines.
    Paragraphs,
}

impl Unit {
    /// All units, in the order of findings and measures.
    pub const ALL: [Self; 7] = [
        Self::Bytes,
        Self::Characters,
        Self::Graphemes,
        Self::Words,
        Self::Sentences,
        Self::Lines,
        Self::Paragraphs,
    ];

    /// Returns the unit's name in the configuration and among the measures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Characters => "characters",
            Self::Graphemes => "graphemes",
            Self::Words => "words",
            Self::Sentences => "sentences",
            Self::Lines => "lines",
            Self::Paragraphs => "paragraphs",
        }
    }

    /// Returns the count with the unit's name, such as `1 word` or `2 words`.
    pub fn describe_count(self, count: u64) -> String {
        let name = self.name();
        let name = if count == 1 { name.trim_end_matches('s') } else { name };
        format!("{count} {name}")
    }

    /// Returns whether the unit applies to JSON. Quotes and escapes make the other counts
    /// meaningless there.
    pub fn counts_in_json(self) -> bool {
        matches!(self, Self::Bytes | Self::Characters | Self::Lines)
    }
}
