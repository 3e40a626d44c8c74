//! The encoding a Python file declares in its first two lines (PEP 263).

/// The name behind `coding:` or `coding=` in a comment of the first line, or of the second if the first is blank or a
/// comment.
pub(super) fn declared(bytes: &[u8]) -> Option<String> {
    let mut lines = bytes.split(|&b| b == b'\n').take(2);
    let first = lines.next()?;
    cookie(first).or_else(|| if is_idle(first) { lines.next().and_then(cookie) } else { None })
}

fn is_idle(line: &[u8]) -> bool {
    matches!(code(line).first(), None | Some(b'#'))
}

fn code(line: &[u8]) -> &[u8] {
    let start = line
        .iter()
        .position(|b| !matches!(b, b' ' | b'\t' | b'\x0c' | b'\r'))
        .unwrap_or(line.len());
    &line[start..]
}

/// `^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`, as the PEP has it.
fn cookie(line: &[u8]) -> Option<String> {
    let line = code(line);
    if line.first() != Some(&b'#') {
        return None;
    }
    memchr::memmem::find_iter(line, b"coding").find_map(|at| {
        let rest = line[at..].strip_prefix(b"coding")?;
        let rest = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"="))?;
        let start = rest.iter().position(|b| !matches!(b, b' ' | b'\t')).unwrap_or(rest.len());
        let name: String =
            rest[start..].iter().take_while(|b| is_name(**b)).map(|&b| char::from(b)).collect();
        (!name.is_empty()).then_some(name)
    })
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

#[cfg(test)]
mod tests {
    use super::declared;

    #[test]
    fn a_cookie_counts_in_the_first_two_lines_only() {
        assert_eq!(declared(b"# -*- coding: latin-1 -*-\n").as_deref(), Some("latin-1"));
        assert_eq!(
            declared(b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n").as_deref(),
            Some("cp1252")
        );
        assert_eq!(declared(b"x = 1\n# coding: cp1252\n"), None);
        assert_eq!(declared(b"\n\n# coding: cp1252\n"), None);
        assert_eq!(declared(b"s = '# coding: cp1252'\n"), None);
    }
}
