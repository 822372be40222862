//! A document of headings, paragraphs, lists and tables: as text, Markdown and HTML.

use std::fmt;

use super::Table;
use super::table::escaped;

/// Blocks from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Document(Vec<Block>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Block {
    Heading(String),
    Paragraph(String),
    List(Vec<String>),
    Table(Table),
}

impl Document {
    pub(crate) fn heading(&mut self, text: impl Into<String>) {
        self.0.push(Block::Heading(text.into()));
    }

    pub(crate) fn paragraph(&mut self, text: impl Into<String>) {
        self.0.push(Block::Paragraph(text.into()));
    }

    pub(crate) fn list(&mut self, items: impl IntoIterator<Item = String>) {
        self.0.push(Block::List(items.into_iter().collect()));
    }

    pub(crate) fn table(&mut self, table: Table) {
        self.0.push(Block::Table(table));
    }

    /// With headings of the second level.
    pub(crate) fn markdown(&self) -> String {
        let block = |block: &Block| match block {
            Block::Heading(text) => format!("## {}\n", marked(text)),
            Block::Paragraph(text) => format!("{}\n", marked(text)),
            Block::List(items) => items.iter().map(|item| format!("- {}\n", marked(item))).collect(),
            Block::Table(table) => table.markdown(),
        };
        self.0.iter().map(block).collect::<Vec<String>>().join("\n")
    }

    /// Elements for the body of a page, with headings of the second level. Each table is a region that the keyboard can
    /// scroll, named by the heading above it.
    pub(crate) fn html(&self) -> String {
        let mut heading = String::new();
        let mut block = |block: &Block| match block {
            Block::Heading(text) => {
                heading = attribute(text);
                format!("<h2>{}</h2>\n", escaped(text))
            }
            Block::Paragraph(text) => format!("<p>{}</p>\n", escaped(text)),
            Block::List(items) => {
                let items: String =
                    items.iter().map(|item| format!("<li>{}</li>\n", escaped(item))).collect();
                format!("<ul>\n{items}</ul>\n")
            }
            Block::Table(table) => {
                format!(
                    "<div class=\"table\" role=\"region\" aria-label=\"{heading}\" tabindex=\"0\">\n{}</div>\n",
                    table.html()
                )
            }
        };
        self.0.iter().map(&mut block).collect()
    }
}

/// Text as it stands in Markdown: names of tables, which anyone chooses, must not become markup.
fn marked(text: &str) -> String {
    text.replace('\\', "\\\\").replace('<', "\\<").replace('*', "\\*").replace('_', "\\_").replace('`', "\\`")
}

/// Text as it stands in an attribute of HTML.
pub(crate) fn attribute(text: &str) -> String {
    escaped(text).replace('"', "&quot;")
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, block) in self.0.iter().enumerate() {
            match block {
                Block::Heading(text) if place == 0 => writeln!(f, "{text}"),
                Block::Heading(text) => writeln!(f, "\n{text}"),
                Block::Paragraph(text) => writeln!(f, "{text}"),
                Block::List(items) => items.iter().try_for_each(|item| writeln!(f, "- {item}")),
                Block::Table(table) => write!(f, "{table}"),
            }?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Document {
        let mut document = Document::default();
        document.heading("Folds");
        document.paragraph("a < b_c");
        let mut table = Table::new(["x"]);
        table.push(["<1>"]);
        document.table(table);
        document.heading("Say \"no\"");
        document.list(["one".to_owned(), "*two*".to_owned()]);
        document
    }

    #[test]
    fn it_reads_as_text_and_as_markdown() {
        assert_eq!(document().to_string(), "Folds\na < b_c\nx\n<1>\n\nSay \"no\"\n- one\n- *two*\n");
        let markdown =
            "## Folds\n\na \\< b\\_c\n\n| x |\n|---|\n| <1> |\n\n## Say \"no\"\n\n- one\n- \\*two\\*\n";
        assert_eq!(document().markdown(), markdown);
    }

    #[test]
    fn nothing_in_it_becomes_a_tag() {
        let html = document().html();
        assert!(html.contains("<p>a &lt; b_c</p>") && html.contains("<td>&lt;1&gt;</td>"), "{html}");
        assert!(html.contains("aria-label=\"Folds\""), "{html}");
    }
}
