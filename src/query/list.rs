//! Lists of patterns in one text: commas part them that stand in no brackets and no quotes; an item that holds such a comma
//! is quoted itself.

use std::ops::Range;

use super::ir::Value;

/// The items of a list, none of them trimmed away: an empty one is a value without text.
pub(super) fn items(value: &Value) -> Vec<Value> {
    let text = &*value.text;
    ranges(text, unbracketed(text)).into_iter().map(|range| item(value, range)).collect()
}

/// Items as the text that a list of items is read from.
#[must_use]
pub fn join<'t>(items: impl Iterator<Item = &'t str>) -> String {
    items.map(quoted).collect::<Vec<_>>().join(", ")
}

/// What stands inside of one pair of brackets around the whole list.
fn unbracketed(text: &str) -> Range<usize> {
    let whole = trimmed(text, 0..text.len());
    let inner = &text[whole.clone()];
    if !inner.starts_with('[') || closing(inner) != Some(inner.len() - 1) {
        return whole;
    }
    whole.start + 1..whole.end - 1
}

/// Where the bracket that a text begins with is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            '"' | '\'' => at += quote(text, at).saturating_sub(1),
            _ => {}
        }
        at += c.len_utf8();
    }
    None
}

fn ranges(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut from, mut depth, mut at) = (within.start, 0_usize, within.start);
    while let Some(c) = text[at..within.end].chars().next() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '"' | '\'' => at += quote(&text[..within.end], at).saturating_sub(1),
            ',' if depth == 0 => {
                found.push(trimmed(text, from..at));
                from = at + 1;
            }
            _ => {}
        }
        at += c.len_utf8();
    }
    found.push(trimmed(text, from..within.end));
    found
}

/// The bytes of a quoted text; none where the sign quotes nothing, as of a lifetime.
fn quote(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let sign = bytes[at];
    let before = text[..at].trim_end().bytes().next_back();
    if sign == b'\'' && matches!(before, Some(b'&' | b'<' | b'+' | b':')) {
        return 0;
    }
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end) {
        match byte {
            b'\\' => end += 1,
            byte if byte == sign => return end + 1 - at,
            _ => {}
        }
        end += 1;
    }
    0
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    start..start + piece.trim().len()
}

/// An item without the quotes around all of it. As in a value, only what could not be written otherwise is an escape.
fn item(value: &Value, range: Range<usize>) -> Value {
    let text = &value.text[range.clone()];
    let is_quoted = text.starts_with(['"', '\'']) && quote(text, 0) == text.len();
    if !is_quoted {
        return value.part(range);
    }
    let sign = text.as_bytes()[0];
    let inner = value.part(range.start + 1..range.end - 1);
    let (mut decoded, mut map) = (String::new(), inner.map.clone());
    let mut pieces = inner.text.char_indices().peekable();
    while let Some((at, c)) = pieces.next() {
        let next = pieces.peek().map(|&(_, next)| next);
        let is_escape = c == '\\' && next.is_some_and(|next| next == '\\' || next == sign as char);
        if !is_escape && decoded.len() == at {
            decoded.push(c);
            continue;
        }
        let place = |offset: usize| inner.map.locate(number(offset));
        map.push(number(decoded.len()), place(at));
        decoded.push(if is_escape { next.unwrap_or(c) } else { c });
        if is_escape {
            let _ = pieces.next();
            map.push(number(decoded.len()), place(at + 2));
        }
    }
    Value { text: decoded.into(), range: value.outer(range), map }
}

/// An item as it is written in a list.
fn quoted(item: &str) -> String {
    // What leaves a bracket open would take its neighbours in, and so may a quote with one of theirs.
    let beside = Value::plain(&format!("{item}, x"));
    let is_one = matches!(items(&beside).as_slice(), [one, _] if *one.text == *item);
    // And what brackets stand around would be a list of what is in them.
    let alone = Value::plain(item);
    let is_one = is_one && matches!(items(&alone).as_slice(), [one] if *one.text == *item);
    if is_one && !item.contains(['"', '\'']) {
        return item.to_owned();
    }
    format!("\"{}\"", item.replace('\\', "\\\\").replace('"', "\\\""))
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<String> {
        items(&Value::plain(text)).into_iter().map(|item| item.text.to_string()).collect()
    }

    #[test]
    fn commas_in_brackets_and_quotes_part_nothing() {
        assert_eq!(texts("logger.$M($$$),print($$$)"), ["logger.$M($$$)", "print($$$)"]);
        assert_eq!(texts("f($A, $B), {a, b}, [c, d]"), ["f($A, $B)", "{a, b}", "[c, d]"]);
        assert_eq!(texts("[f($A), g]"), ["f($A)", "g"]);
        assert_eq!(texts("'import $A, $B', \"x, 'y'\""), ["import $A, $B", "x, 'y'"]);
        assert_eq!(texts("x == 'a,b', f('(')"), ["x == 'a,b'", "f('(')"]);
        assert_eq!(texts("&'a T, x: 'b, y"), ["&'a T", "x: 'b", "y"]);
        assert_eq!(texts("a,,b"), ["a", "", "b"]);
        assert_eq!(texts("'[a, b]'"), ["[a, b]"]);
        assert_eq!(texts(r#""a \"b\" \n""#), [r#"a "b" \n"#]);
        assert_eq!(texts("[a][b]"), ["[a][b]"]);
    }

    #[test]
    fn an_item_in_brackets_is_quoted() {
        for item in ["[a]", "[a, b]", "[(}}", "[a"] {
            assert_eq!(texts(&join(std::iter::once(item))), [item]);
        }
    }

    #[test]
    fn places_of_an_item_lead_to_the_list() {
        let list = Value::plain(r"f, 'a\'bc', g");
        let items = items(&list);
        assert_eq!(&*items[1].text, "a'bc");
        assert_eq!(&list.text[items[1].outer(2..4)], "bc");
        assert_eq!(&list.text[items[1].outer(1..2)], r"\'");
        assert_eq!(&list.text[items[2].outer(0..1)], "g");
    }

    proptest! {
        #[test]
        fn any_items_are_read_as_they_are_joined(items in prop::collection::vec("[ab '\"(\\[{}\\])\\\\,$&é]{1,8}", 1..4)) {
            let items: Vec<String> = items.into_iter().map(|item| item.trim().to_owned()).collect();
            prop_assert_eq!(texts(&join(items.iter().map(String::as_str))), items);
        }

        #[test]
        fn any_list_is_read_with_places_inside_it(text in "[ab '\"(\\[{}\\])\\\\,$&é]{0,20}") {
            for item in items(&Value::plain(&text)) {
                prop_assert!(text.get(item.range.clone()).is_some());
                prop_assert!(text.get(item.outer(0..item.text.len())).is_some());
            }
        }
    }
}
