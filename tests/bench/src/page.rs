//! The page that comes out, printed while it is measured.

/// A page of tables.
pub struct Page(String);

impl Page {
    pub fn new(machine: &str, origin: &str) -> Self {
        let mut page = Self(String::new());
        page.say("# Benchmarks");
        page.say("");
        page.say("Written by `cargo xtask bench`, all in one run. Quote ratios, not seconds: the");
        page.say("machine is shared, and every figure is the best of nine rounds.");
        page.say("");
        page.say(&format!("Machine: {machine}. Workload: {origin}."));
        page
    }

    /// A line of text.
    pub fn say(&mut self, line: &str) {
        println!("{line}");
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// A heading.
    pub fn head(&mut self, heading: &str) {
        self.say("");
        self.say(&format!("## {heading}"));
        self.say("");
    }

    /// The top of a table.
    pub fn columns(&mut self, columns: &[&str]) {
        self.say(&format!("| {} |", columns.join(" | ")));
        let rule: Vec<_> = columns
            .iter()
            .enumerate()
            .map(|(at, _)| if at == 0 { "---" } else { "---:" })
            .collect();
        self.say(&format!("|{}|", rule.join("|")));
    }

    /// A row of a table.
    pub fn row(&mut self, cells: &[String]) {
        self.say(&format!("| {} |", cells.join(" | ")));
    }

    pub fn finish(self) -> String {
        self.0
    }
}

/// Microseconds, as a table shows them.
pub fn us(value: f64) -> String {
    if value < 100.0 { format!("{value:.1} µs") } else { format!("{value:.0} µs") }
}

/// A ratio.
pub fn times(value: f64, floor: f64) -> String {
    format!("{:.2} ×", value / floor)
}
