//! Texts that commonly break parsers.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Characters with a meaning to some parser, white space of all kinds, control characters,
/// marks that are invisible or change the direction, and letters that look like others.
const ODD: &[&str] = &[
    "\0",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\u{b}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    " ",
    "\u{a0}",
    "\u{2003}",
    "\u{3000}",
    "\u{2028}",
    "\u{ad}",
    "\u{200b}",
    "\u{200d}",
    "\u{200e}",
    "\u{202a}",
    "\u{202e}",
    "\u{2060}",
    "\u{2066}",
    "\u{2069}",
    "\u{fe0f}",
    "\u{feff}",
    ",",
    ";",
    ":",
    "@",
    "<",
    ">",
    "\"",
    "'",
    "\\",
    "/",
    "//",
    "(",
    ")",
    "[",
    "]",
    "%",
    "%00",
    "%0a",
    "%2e",
    "%2f",
    "&",
    "=",
    "+",
    "?",
    "#",
    "..",
    "-",
    "--",
    "_",
    "*",
    "$",
    "|",
    "`",
    "{",
    "}",
    "~",
    "^",
    "!",
    "1",
    "a",
    "Z",
    "é",
    "e\u{301}",
    "ß",
    "İ",
    "ı",
    "ﬁ",
    "а",
    "Α",
    "ａ",
    "９",
    "٣",
    "。",
    "．",
    "漢",
    "각",
    "\u{1112}\u{1161}\u{11ab}",
    "😀",
    "\u{fffd}",
];

/// Something that does not belong in the text, mostly a character known to cause trouble.
pub(super) fn odd() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => select(ODD).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => (0_u8..32).prop_map(|control| char::from(control).to_string()),
    ]
}

/// A text of only odd characters.
pub(super) fn rubbish(most: usize) -> impl Strategy<Value = String> {
    vec(odd(), 0..most).prop_map(|parts| parts.concat())
}

/// One change to a text.
#[derive(Clone, Debug)]
enum Edit {
    Insert(Index, String),
    Replace(Index, String),
    Remove(Index),
    Double(Index),
}

/// `texts` unchanged, and with one or two changes.
pub(super) fn spoilt(texts: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let edit = prop_oneof![
        4 => (any::<Index>(), odd()).prop_map(|(at, text)| Edit::Insert(at, text)),
        2 => (any::<Index>(), odd()).prop_map(|(at, text)| Edit::Replace(at, text)),
        1 => any::<Index>().prop_map(Edit::Remove),
        1 => any::<Index>().prop_map(Edit::Double),
    ];
    let edits = prop_oneof![2 => Just(Vec::new()), 3 => vec(edit, 1..3)];
    (texts, edits).prop_map(|(text, edits)| edits.iter().fold(text, apply))
}

fn apply(text: String, edit: &Edit) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (Edit::Insert(at, _) | Edit::Replace(at, _) | Edit::Remove(at) | Edit::Double(at)) = edit;
    // Both ends are possible positions too.
    let place = at.index(chars.len() + 1);
    let (before, after) = chars.split_at(place);
    let middle = match edit {
        Edit::Insert(_, new) | Edit::Replace(_, new) => new.clone(),
        Edit::Remove(_) => String::new(),
        Edit::Double(_) => after.first().map(char::to_string).unwrap_or_default(),
    };
    let skipped = usize::from(matches!(edit, Edit::Replace(..) | Edit::Remove(_))).min(after.len());
    before.iter().collect::<String>() + &middle + &after[skipped..].iter().collect::<String>()
}

/// A header value of any bytes that HTTP carries, visible or not.
pub(super) fn header_bytes(texts: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<u8>> {
    let opaque = (any::<Index>(), 0x80_u8..=0xff);
    (texts, prop_oneof![4 => Just(None), 1 => opaque.prop_map(Some)]).prop_map(|(text, opaque)| {
        let mut bytes: Vec<u8> = text.bytes().filter(|&byte| byte == b'\t' || (byte >= 32 && byte != 127)).collect();
        if let Some((at, byte)) = opaque {
            bytes.insert(at.index(bytes.len() + 1), byte);
        }
        bytes
    })
}
