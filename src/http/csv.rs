//! CSV (RFC 4180) that is safe to open in spreadsheets.

use csv::{QuoteStyle, Terminator, WriterBuilder};

/// Formats rows as lines. Every cell is quoted, so no content can start a new cell, whichever
/// separator a spreadsheet uses.
pub fn lines<C: AsRef<str>>(rows: &[Vec<C>]) -> csv::Result<Vec<u8>> {
    let mut writer =
        WriterBuilder::new().quote_style(QuoteStyle::Always).terminator(Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|cell| text(cell.as_ref())))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// Puts an apostrophe before what a spreadsheet could treat as a formula, which turns it into text
/// (OWASP, CSV Injection; ASVS 5.0, V1.2.10). The first character decides, also in its fullwidth form.
fn text(cell: &str) -> String {
    let formula = ['\0', '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    format!("{}{cell}", if cell.starts_with(formula) { "'" } else { "" })
}

#[cfg(test)]
mod tests {
    fn line(cells: &[&str]) -> String {
        String::from_utf8(super::lines(&[cells.to_vec()]).expect("no error")).expect("UTF-8")
    }

    #[test]
    fn every_cell_is_quoted_and_its_quotes_are_doubled() {
        assert_eq!(
            line(&["a", "", "b,c;d", "say \"yes\"", "two\r\nlines"]),
            "\"a\",\"\",\"b,c;d\",\"say \"\"yes\"\"\",\"two\r\nlines\"\r\n"
        );
        assert_eq!(line(&["\""]), "\"\"\"\"\r\n");
        assert_eq!(line(&[""]), "\"\"\r\n");
    }

    #[test]
    fn cells_that_look_like_formulas_become_text() {
        for formula in [
            "\0=1",
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "\nx",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "=HYPERLINK(\"x\")",
        ] {
            assert!(line(&[formula]).starts_with(&format!("\"'{}", &formula.replace('"', "\"\""))), "{formula}");
        }
        for text in ["1-1", "a=b", "'=1", " =1", "2026-11-23"] {
            assert_eq!(line(&[text]), format!("\"{text}\"\r\n"));
        }
    }
}
