//! The units and what they are called. How they are counted stands in `count`.

/// Something that a text has a number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes of UTF-8.
    Bytes,
    /// Unicode scalar values.
    Characters,
    /// What a reader takes for one character.
    Graphemes,
    /// Words with a letter or a digit.
    Words,
    /// Sentences with a letter or a digit.
    Sentences,
    /// Lines, the last one with or without a line break.
    Lines,
    /// Blocks of lines between blank lines.
    Paragraphs,
}

impl Unit {
    /// In the order in which findings and measures are reported.
    pub const ALL: [Self; 7] = [
        Self::Bytes,
        Self::Characters,
        Self::Graphemes,
        Self::Words,
        Self::Sentences,
        Self::Lines,
        Self::Paragraphs,
    ];

    /// As it is called in the configuration and among the measures.
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

    /// So many of it, in words.
    pub fn times(self, count: u64) -> String {
        let name = self.name();
        let name = if count == 1 { name.trim_end_matches('s') } else { name };
        format!("{count} {name}")
    }

    /// Whether a number of it says anything about JSON, which is written with quotes,
    /// escapes and without sentences.
    pub fn counts_in_json(self) -> bool {
        matches!(self, Self::Bytes | Self::Characters | Self::Lines)
    }
}
