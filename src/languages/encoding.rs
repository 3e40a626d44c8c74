//! Bytes of a file to text: byte-order marks first, then what the file declares, else UTF-8.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use crate::facts::Language;

/// The text of a file without its byte-order mark.
///
/// # Errors
/// In a few words, why the bytes are no text of the language.
pub fn decode(bytes: Vec<u8>, language: Language) -> Result<String, String> {
    let text = match Encoding::for_bom(&bytes) {
        Some((encoding, mark)) if encoding == UTF_16LE || encoding == UTF_16BE => {
            by(encoding, &bytes[mark..])
        }
        Some((_, mark)) => utf8(bytes[mark..].to_vec()),
        None => match (language.dialect().declared_encoding)(&bytes) {
            Some(name) => named(&name, bytes),
            None => utf8(bytes),
        },
    }?;
    match memchr::memchr(0, text.as_bytes()) {
        Some(at) => Err(format!("not text: a zero byte at offset {at}")),
        None => Ok(text),
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        format!("not UTF-8: byte 0x{:02x} at offset {at}", e.as_bytes()[at])
    })
}

/// Names are Python's, which knows more spellings than the web does.
fn named(name: &str, bytes: Vec<u8>) -> Result<String, String> {
    let label = name.to_ascii_lowercase().replace('_', "-");
    match label.as_str() {
        "utf-8" | "utf8" | "utf-8-sig" | "u8" => utf8(bytes),
        "ascii" | "us-ascii" | "646" if bytes.is_ascii() => utf8(bytes),
        "ascii" | "us-ascii" | "646" => Err("not ASCII, which the file declares".to_owned()),
        "latin-1" | "latin1" | "l1" | "iso-latin-1" | "iso8859-1" | "iso-8859-1" | "8859"
        | "cp819" => Ok(encoding_rs::mem::decode_latin1(&bytes).into_owned()),
        _ => match Encoding::for_label(label.as_bytes())
            .or_else(|| Encoding::for_label(name.as_bytes()))
        {
            Some(encoding) => by(encoding, &bytes),
            None => Err(format!("the encoding `{name}` is not known")),
        },
    }
}

fn by(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, String> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(std::borrow::Cow::into_owned).ok_or_else(|| format!("not valid {}", encoding.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python(bytes: &[u8]) -> Result<String, String> {
        decode(bytes.to_vec(), Language::Python)
    }

    #[test]
    fn marks_and_cookies_choose_the_encoding() {
        assert_eq!(python(b"\xef\xbb\xbfx = 1").unwrap(), "x = 1");
        assert_eq!(python(b"\xff\xfex\0=\0").unwrap(), "x=");
        assert_eq!(python(b"# coding: latin-1\n'\xe9'").unwrap(), "# coding: latin-1\n'é'");
        assert_eq!(python(b"# coding: cp1252\n'\x80'").unwrap(), "# coding: cp1252\n'€'");
    }

    #[test]
    fn what_is_no_text_is_refused_with_the_place() {
        assert_eq!(python(b"ab\xe9").unwrap_err(), "not UTF-8: byte 0xe9 at offset 2");
        assert_eq!(python(b"a\0b").unwrap_err(), "not text: a zero byte at offset 1");
        assert_eq!(
            python(b"# coding: klingon\n").unwrap_err(),
            "the encoding `klingon` is not known"
        );
        assert!(decode(b"// coding: latin-1\n\xe9".to_vec(), Language::Rust).is_err());
    }
}
