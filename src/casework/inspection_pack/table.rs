//! Tables as CSV (RFC 4180), safe to open in a spreadsheet: no cell of theirs is taken for a formula.

/// The characters with which a spreadsheet begins a formula, or passes over to one.
const BEGINS_A_FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A table, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    text: String,
}

impl Table {
    /// With these names of columns.
    pub fn with_columns<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        let mut table = Self { text: String::new() };
        table.row(names);
        table
    }

    /// Adds a row.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        for (place, cell) in cells.into_iter().enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            self.text.push_str(&cell_of(cell.as_ref()));
        }
        self.text.push_str("\r\n");
    }

    /// The file.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}

/// A cell as it is written: what would begin a formula has an apostrophe before it.
fn cell_of(text: &str) -> String {
    let apostrophe = if text.starts_with(BEGINS_A_FORMULA) { "'" } else { "" };
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{apostrophe}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_and_reads_back_as_it_was() {
        for (text, cell) in [
            ("n-1", "n-1"),
            ("", ""),
            ("=1+1", "'=1+1"),
            ("+44", "'+44"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("a,b", "\"a,b\""),
            ("a\"b\nc", "\"a\"\"b\nc\""),
        ] {
            assert_eq!(cell_of(text), cell);
        }
    }

    #[test]
    fn a_table_has_a_line_a_row() {
        let mut table = Table::with_columns(["ref", "days"]);
        table.row(["n-1", "3"]);
        assert_eq!(table.into_bytes(), b"ref,days\r\nn-1,3\r\n");
    }
}
