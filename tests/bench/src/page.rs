//! The page of results, printed while the benchmarks run.

/// Markdown page of tables.
pub struct Page(String);

impl Page {
    pub fn new(machine: &str, origin: &str) -> Self {
        let mut page = Self(String::new());
        page.add_line("# Benchmarks");
        page.add_line("");
        page.add_line(
            "Written by `cargo xtask bench`, all in one run. Quote ratios, not seconds: the",
        );
        page.add_line("machine is shared, and every figure is the best of nine rounds.");
        page.add_line("");
        page.add_line(&format!("Machine: {machine}. Workload: {origin}."));
        page
    }

    /// Adds a line of text.
    pub fn add_line(&mut self, line: &str) {
        println!("{line}");
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// Adds a heading.
    pub fn add_heading(&mut self, heading: &str) {
        self.add_line("");
        self.add_line(&format!("## {heading}"));
        self.add_line("");
    }

    /// Adds the head of a table.
    pub fn add_columns(&mut self, columns: &[&str]) {
        self.add_line(&format!("| {} |", columns.join(" | ")));
        let rule: Vec<_> = columns
            .iter()
            .enumerate()
            .map(|(at, _)| if at == 0 { "---" } else { "---:" })
            .collect();
        self.add_line(&format!("|{}|", rule.join("|")));
    }

    /// Adds a row of a table.
    pub fn add_row(&mut self, cells: &[String]) {
        self.add_line(&format!("| {} |", cells.join(" | ")));
    }

    pub fn finish(self) -> String {
        self.0
    }
}

/// Formats microseconds.
pub fn format_us(value: f64) -> String {
    if value < 100.0 { format!("{value:.1} µs") } else { format!("{value:.0} µs") }
}

/// Formats a ratio.
pub fn format_ratio(value: f64, floor: f64) -> String {
    format!("{:.2} ×", value / floor)
}
