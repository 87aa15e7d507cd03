//! A strict reader of the text format of OpenMetrics, for tests.

use std::collections::{BTreeMap, BTreeSet};

/// The series of a scrape, by metric.
#[derive(Debug, Default)]
pub(crate) struct Scrape {
    pub(crate) families: BTreeMap<String, ScrapedFamily>,
}

#[derive(Debug, Default)]
pub(crate) struct ScrapedFamily {
    pub(crate) kind: String,
    help: Option<String>,
    unit: Option<String>,
    pub(crate) samples: Vec<Sample>,
}

#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
}

impl Scrape {
    /// Reads a scrape. Panics if anything of it is not as the specification says.
    pub(crate) fn parse(text: &str) -> Self {
        let body = text.strip_suffix("# EOF\n").expect("the text ends with `# EOF`");
        let (mut scrape, mut current) = (Self::default(), None::<String>);
        for line in body.split_terminator('\n') {
            match line.strip_prefix("# ") {
                Some(comment) => scrape.add_comment(comment, &mut current),
                None => {
                    let name = current.as_ref().expect("a sample follows its metric");
                    let family = scrape.families.get_mut(name).expect("the metric is known");
                    family.samples.push(parse_sample(line));
                }
            }
        }
        scrape.families.iter().for_each(|(name, family)| family.check(name));
        scrape
    }

    fn add_comment(&mut self, comment: &str, current: &mut Option<String>) {
        let (keyword, rest) = comment.split_once(' ').expect("a keyword");
        let (name, text) = rest.split_once(' ').expect("a name");
        assert!(is_name(name), "`{name}` is no name");
        if current.as_deref() != Some(name) {
            assert!(!self.families.contains_key(name), "`{name}` is in two places");
            self.families.insert(name.to_owned(), ScrapedFamily::default());
            *current = Some(name.to_owned());
        }
        let family = self.families.get_mut(name).expect("it was added");
        assert!(family.samples.is_empty(), "`{name}`: a comment follows samples");
        match keyword {
            "HELP" => assert_eq!(family.help.replace(text.to_owned()), None, "{name}"),
            "UNIT" => assert_eq!(family.unit.replace(text.to_owned()), None, "{name}"),
            "TYPE" => {
                assert_eq!(family.kind, "", "{name}");
                family.kind = text.to_owned();
            }
            _ => panic!("`{keyword}` is no keyword"),
        }
    }

    /// Returns the value of a series, by the name of its sample and its labels.
    pub(crate) fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels: BTreeMap<_, _> =
            labels.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
        let samples = self.families.values().flat_map(|family| &family.samples);
        let mut found = samples.filter(|sample| sample.name == name && sample.labels == labels);
        found.next().map(|sample| sample.value)
    }

    /// Returns the number of series.
    pub(crate) fn series(&self) -> usize {
        self.families.values().map(|family| family.samples.len()).sum()
    }
}

impl ScrapedFamily {
    fn check(&self, name: &str) {
        assert!(self.help.as_ref().is_some_and(|help| !help.is_empty()), "`{name}` has no help");
        if let Some(unit) = &self.unit {
            assert!(name.ends_with(&format!("_{unit}")), "`{name}` does not end with `{unit}`");
        }
        let suffixes: &[&str] = match self.kind.as_str() {
            "counter" => &["_total"],
            "gauge" => &[""],
            "histogram" => &["_bucket", "_sum", "_count"],
            "info" => &["_info"],
            kind => panic!("`{name}` has the unknown type `{kind}`"),
        };
        let mut seen = BTreeSet::new();
        for Sample { name: sample, labels, value } in &self.samples {
            let suffix = sample.strip_prefix(name).expect("a sample has the name of its metric");
            assert!(suffixes.contains(&suffix), "`{sample}` is no sample of a {}", self.kind);
            assert!(seen.insert((sample, labels)), "`{sample}` {labels:?} is there twice");
            assert!(value.is_finite(), "`{sample}` is {value}");
            assert!(self.kind == "gauge" || *value >= 0.0, "`{sample}` is negative");
        }
        if self.kind == "histogram" {
            self.check_buckets(name);
        }
    }

    /// Checks that each bucket has what the one before has, and the last one everything.
    fn check_buckets(&self, name: &str) {
        let mut series: BTreeMap<_, Vec<(f64, f64)>> = BTreeMap::new();
        for sample in self.samples.iter().filter(|sample| sample.name.ends_with("_bucket")) {
            let mut labels = sample.labels.clone();
            let bound = labels.remove("le").expect("a bucket has a bound");
            let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().unwrap() };
            series.entry(labels).or_default().push((bound, sample.value));
        }
        for (labels, buckets) in series {
            assert!(buckets.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1), "`{name}` {labels:?}");
            let (bound, all) = buckets.last().unwrap();
            assert_eq!(*bound, f64::INFINITY, "`{name}` {labels:?}");
            let count = self
                .samples
                .iter()
                .find(|sample| sample.name == format!("{name}_count") && sample.labels == labels);
            assert_eq!(count.map(|sample| sample.value), Some(*all), "`{name}` {labels:?}");
        }
    }
}

fn is_name(text: &str) -> bool {
    let is_letter = |character: char| character.is_ascii_alphabetic() || character == '_';
    text.starts_with(is_letter) && text.chars().all(|one| is_letter(one) || one.is_ascii_digit())
}

fn parse_sample(line: &str) -> Sample {
    let end = line.find(['{', ' ']).expect("a sample has a value");
    let (name, rest) = line.split_at(end);
    assert!(is_name(name), "`{name}` is no name");
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => parse_labels(rest),
        None => (BTreeMap::new(), rest),
    };
    let value = rest.strip_prefix(' ').expect("a space before the value");
    Sample { name: name.into(), labels, value: value.parse().expect("a number") }
}

/// Reads labels up to the closing brace, and returns what follows it.
fn parse_labels(mut text: &str) -> (BTreeMap<String, String>, &str) {
    let mut labels = BTreeMap::new();
    loop {
        let (name, rest) = text.split_once("=\"").expect("a label");
        assert!(is_name(name), "`{name}` is no name of a label");
        let (value, rest) = parse_label_value(rest);
        assert_eq!(labels.insert(name.into(), value), None, "`{name}` is there twice");
        match rest.strip_prefix(',') {
            Some(rest) => text = rest,
            None => return (labels, rest.strip_prefix('}').expect("a closing brace")),
        }
    }
}

fn parse_label_value(text: &str) -> (String, &str) {
    let (mut value, mut characters) = (String::new(), text.chars());
    loop {
        match characters.next().expect("a closing quote") {
            '"' => return (value, characters.as_str()),
            '\\' => value.push(match characters.next() {
                Some('n') => '\n',
                Some(escaped @ ('"' | '\\')) => escaped,
                other => panic!("{other:?} is escaped"),
            }),
            character => value.push(character),
        }
    }
}
