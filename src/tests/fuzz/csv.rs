use portal::http::csv::lines;
use proptest::collection::vec;
use proptest::prelude::*;

use super::runner::{Cost, Verdict, hold};
use super::texts::{rubbish, spoilt};

/// What spreadsheets treat as the beginning of a formula.
const FORMULA: [char; 12] = ['\0', '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fn cells() -> impl Strategy<Value = Vec<String>> {
    let cell = prop_oneof![
        3 => spoilt("[=+@\t\r-]?[a-z\"',; ]{0,12}"),
        1 => spoilt("[a-z0-9]{0,12}"),
        1 => rubbish(5),
    ];
    vec(cell, 1..6)
}

/// Returns the cells of one line, parsed strictly by the grammar of RFC 4180.
fn read(line: &str) -> Option<Vec<String>> {
    let mut rest = line.strip_suffix("\r\n")?;
    let mut cells = Vec::new();
    loop {
        rest = rest.strip_prefix('"')?;
        let mut cell = String::new();
        loop {
            let (before, after) = rest.split_once('"')?;
            cell.push_str(before);
            let Some(doubled) = after.strip_prefix('"') else {
                rest = after;
                break;
            };
            cell.push('"');
            rest = doubled;
        }
        cells.push(cell);
        if rest.is_empty() {
            return Some(cells);
        }
        rest = rest.strip_prefix(',')?;
    }
}

#[test]
fn a_written_line_parses_back_to_its_cells_and_begins_no_formula() {
    hold(Cost::Call, cells(), |cells| {
        let line = String::from_utf8(lines(std::slice::from_ref(&cells)).expect("no error")).expect("UTF-8");
        let found = read(&line);
        prop_assert!(found.is_some(), "the line cannot be read");
        let found = found.expect("checked above");
        prop_assert_eq!(found.len(), cells.len());
        let mut marked = false;
        for (cell, found) in cells.iter().zip(&found) {
            prop_assert!(!found.starts_with(FORMULA), "{:?}", found);
            if cell.starts_with(FORMULA) {
                marked = true;
                prop_assert_eq!(found, &format!("'{cell}"));
            } else {
                prop_assert_eq!(found, cell);
            }
        }
        Ok(if marked { Verdict::Refused } else { Verdict::Accepted })
    });
}
