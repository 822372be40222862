//! A table of text: aligned for a terminal, in Markdown for a file, in HTML for a notebook.

use std::fmt;

use serde::Serialize;

/// Rows of equally many cells below a header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new<T: Into<String>>(header: impl IntoIterator<Item = T>) -> Self {
        Self { header: header.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// Adds a row below the others. Cells that it lacks are empty; what the header does not name is left out.
    pub fn push<T: Into<String>>(&mut self, row: impl IntoIterator<Item = T>) {
        let mut row: Vec<String> = row.into_iter().map(Into::into).collect();
        row.resize(self.header.len(), String::new());
        self.rows.push(row);
    }

    /// The rows, without the header.
    #[must_use]
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// What stands above its columns.
    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    /// The same without columns that are empty in every row.
    #[must_use]
    pub(crate) fn without_empty_columns(&self) -> Self {
        let is_filled = |column: &usize| self.rows.iter().any(|row| !row[*column].is_empty());
        let kept: Vec<usize> = (0..self.header.len()).filter(is_filled).collect();
        let of = |row: &Vec<String>| kept.iter().map(|column| row[*column].clone()).collect();
        Self { header: of(&self.header), rows: self.rows.iter().map(of).collect() }
    }

    /// The same with no more than its first rows.
    #[must_use]
    pub fn first(&self, rows: usize) -> Self {
        Self { header: self.header.clone(), rows: self.rows.iter().take(rows).cloned().collect() }
    }

    /// With bars between the columns.
    #[must_use]
    pub fn markdown(&self) -> String {
        let line = |row: &Vec<String>| {
            let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule = format!("|{}\n", "---|".repeat(self.header.len()));
        line(&self.header) + &rule + &self.rows.iter().map(line).collect::<String>()
    }

    /// An HTML `table`.
    #[must_use]
    pub fn html(&self) -> String {
        let line = |row: &Vec<String>, tag: &str| {
            let cells: String = row.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect();
            format!("<tr>{cells}</tr>\n")
        };
        let rows: String = self.rows.iter().map(|row| line(row, "td")).collect();
        format!("<table>\n<thead>\n{}</thead>\n<tbody>\n{rows}</tbody>\n</table>\n", line(&self.header, "th"))
    }
}

/// Text as it stands in HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl fmt::Display for Table {
    /// Columns aligned with spaces, a line a row, a line break after each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = || std::iter::once(&self.header).chain(&self.rows);
        let width = |column: usize| rows().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.header.len()).map(width).collect();
        for row in rows() {
            let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["network", "a < b"]);
        table.push(["LSTM", "1|2"]);
        table.push(["CNN"]);
        table
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        assert_eq!(table().to_string(), "network  a < b\nLSTM     1|2\nCNN\n");
    }

    #[test]
    fn the_first_rows_keep_the_header() {
        assert_eq!(table().first(1).to_string(), "network  a < b\nLSTM     1|2\n");
        assert_eq!(table().first(5), table());
    }

    #[test]
    fn a_bar_in_a_cell_is_no_border() {
        assert_eq!(table().markdown(), "| network | a < b |\n|---|---|\n| LSTM | 1\\|2 |\n| CNN |  |\n");
    }

    #[test]
    fn html_escapes_what_would_be_a_tag() {
        let html = table().html();
        assert!(html.contains("<tr><th>network</th><th>a &lt; b</th></tr>"), "{html}");
        assert!(html.contains("<tr><td>CNN</td><td></td></tr>"), "{html}");
    }
}
