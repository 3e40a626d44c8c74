//! URLs of `http` and `https`, read strictly: whatever two readers could take for different hosts is refused.

use std::fmt;
use std::net::Ipv6Addr;

/// Longest URL, in bytes.
const LONGEST: usize = 8_192;

/// A URL, in one form for each place it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Whether it is `https`.
    pub secure: bool,
    /// Whom it leads to.
    pub host: Host,
    /// Path and query, beginning with `/`.
    pub target: String,
}

/// A host and its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// In lower case without a dot at the end; IPv6 addresses in brackets, in their short form.
    pub name: String,
    /// The port that is written; none: the scheme's.
    pub port: Option<u16>,
}

impl Url {
    /// Reads an absolute URL; a fragment is dropped.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > LONGEST {
            return Err("it is longer than 8192 bytes");
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("it holds a blank or a control character; write `%20` for a blank");
        }
        let (secure, rest) =
            scheme(text).ok_or("it does not begin with `http://` or `https://`")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, behind) = rest.split_at(end);
        if authority.contains('\\') {
            return Err("a backslash stands in the name of the host");
        }
        if authority.contains('@') {
            return Err("a user stands before the host; send an `authorization` header");
        }
        let host = Host::parse(authority)?;
        Ok(Self { secure, host, target: target(behind) })
    }

    /// The URL that `reference` means where this one answered (RFC 3986, section 5.2).
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn join(&self, reference: &str) -> Result<Self, &'static str> {
        let reference = reference.split('#').next().unwrap_or("");
        if scheme(reference).is_some() {
            return Self::parse(reference);
        }
        let scheme = if self.secure { "https" } else { "http" };
        let path = self.target.split('?').next().unwrap_or("/");
        if has_scheme(reference) {
            return Err("it does not begin with `http://` or `https://`");
        }
        let joined = match reference.chars().next() {
            Some('/') if reference.starts_with("//") => {
                return Self::parse(&format!("{scheme}:{reference}"));
            }
            None => self.target.clone(),
            Some('/') => reference.to_owned(),
            Some('?') => format!("{path}{reference}"),
            Some(_) => {
                let directory = path.rfind('/').map_or("/", |at| &path[..=at]);
                format!("{directory}{reference}")
            }
        };
        Self::parse(&format!("{scheme}://{}{}", self.host, without_dots(&joined)))
    }

    /// The port that is connected to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.host.port.unwrap_or(if self.secure { 443 } else { 80 })
    }

    /// Whether both lead to the same server.
    #[must_use]
    pub fn same_origin(&self, other: &Self) -> bool {
        self.secure == other.secure
            && self.host.name == other.host.name
            && self.port() == other.port()
    }
}

impl Host {
    /// Reads `example.com`, `example.com:8080`, `127.0.0.1`, `[::1]:80`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (name, port) = match text.rfind(':') {
            Some(at) if !text[at..].contains(']') => (&text[..at], Some(&text[at + 1..])),
            _ => (text, None),
        };
        let port = match port {
            None => None,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                let port = digits.parse().ok().filter(|port| *port != 0);
                Some(port.ok_or("its port is none from 1 to 65535")?)
            }
            Some(_) => return Err("its port is none from 1 to 65535"),
        };
        Ok(Self { name: host_name(name)?, port })
    }

    /// Whether what is allowed here holds for a host: the same name, and the same port if one is written.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        self.name == url.host.name && self.port.is_none_or(|port| port == url.port())
    }
}

fn host_name(name: &str) -> Result<String, &'static str> {
    if let Some(inside) = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        let address: Ipv6Addr = inside.parse().map_err(|_| "its IPv6 address cannot be read")?;
        return Ok(format!("[{address}]"));
    }
    if !name.is_ascii() {
        return Err("its host is not ASCII; write the name as `xn--…`");
    }
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let is_label = |label: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        !label.is_empty() && label.len() <= 63 && label.bytes().all(plain)
    };
    if name.len() <= 253 && name.split('.').all(is_label) {
        Ok(name)
    } else {
        Err("its host cannot be read")
    }
}

fn scheme(text: &str) -> Option<(bool, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Some((false, rest)),
        "https" => Some((true, rest)),
        _ => None,
    }
}

/// Whether a reference begins with a scheme of its own, `javascript:` or `file:`.
fn has_scheme(reference: &str) -> bool {
    let end = reference.find([':', '/', '?']).unwrap_or(reference.len());
    reference[end..].starts_with(':')
}

/// Path and query as they are sent: other characters than ASCII as `%XX`.
fn target(behind: &str) -> String {
    let behind = behind.split('#').next().unwrap_or("");
    let mut target = String::from(if behind.starts_with('/') { "" } else { "/" });
    for byte in behind.bytes() {
        match byte {
            b'!' | b'#'..=b';' | b'=' | b'?'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'~' => {
                target.push(char::from(byte));
            }
            other => target.push_str(&format!("%{other:02X}")),
        }
    }
    target
}

/// A path without `.` and `..`, its query kept.
fn without_dots(target: &str) -> String {
    let (path, query) = match target.find('?') {
        Some(at) => target.split_at(at),
        None => (target, ""),
    };
    let mut kept: Vec<&str> = Vec::new();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    for (at, part) in parts.iter().enumerate() {
        let last = at + 1 == parts.len();
        match *part {
            "." if last => kept.push(""),
            ".." => {
                kept.pop();
                if last {
                    kept.push("");
                }
            }
            "." => {}
            part => kept.push(part),
        }
    }
    format!("/{}{query}", kept.join("/"))
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.host, self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Result<String, &'static str> {
        Url::parse(text).map(|url| url.to_string())
    }

    #[test]
    fn one_place_has_one_form() {
        for (written, form) in [
            ("http://Example.COM", "http://example.com/"),
            ("HTTPS://example.com.:8443/a?b#c", "https://example.com:8443/a?b"),
            ("http://[0:0::1]:80/", "http://[::1]:80/"),
            ("http://127.0.0.1?q=ä b", ""),
            ("http://127.0.0.1?q=ä", "http://127.0.0.1/?q=%C3%A4"),
            ("http://a/\"<>\\^`{|}", "http://a/%22%3C%3E%5C%5E%60%7B%7C%7D"),
        ] {
            assert_eq!(shown(written).unwrap_or_default(), form, "{written}");
        }
    }

    #[test]
    fn what_could_mean_another_host_is_refused() {
        for text in [
            "",
            "example.com",
            "ftp://a/",
            "file:///etc/passwd",
            "http://",
            "http:///x",
            "http://a@b/",
            "http://a:b@c/",
            "http://a%2eb/",
            "http://a\\@b/",
            "http://a b/",
            "http://a\tb/",
            "http://a\r\nb/",
            "http://a:0/",
            "http://a:65536/",
            "http://a:8a/",
            "http://a:/",
            "http://[::1/",
            "http://[fe80::1%25eth0]/",
            "http://::1/",
            "http://bücher.de/",
            "http://a..b/",
            "http://.a/",
            "http://a\0/",
            "http://ⓔxample.com/",
            "http://127.0.0.1\u{3002}1/",
            "http://[1.2.3.4]/",
            "javascript:alert(1)",
            "http:/a",
        ] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn references_are_resolved_as_the_rfc_says() {
        let base = Url::parse("http://a/b/c/d?q").expect("it is right");
        for (reference, whole) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("", "http://a/b/c/d?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../..", "http://a/"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("#s", "http://a/b/c/d?q"),
        ] {
            assert_eq!(
                base.join(reference).map(|url| url.to_string()).as_deref(),
                Ok(whole),
                "{reference}"
            );
        }
        assert!(base.join("file:///etc/passwd").is_err());
        assert!(base.join("javascript:x").is_err());
    }

    #[test]
    fn a_host_allows_its_ports_or_the_one_it_names() {
        let allows = |host: &str, url: &str| {
            Host::parse(host).expect("a host").allows(&Url::parse(url).expect("a URL"))
        };
        assert!(
            allows("a", "http://A.:99/")
                && allows("a:443", "https://a/")
                && allows("[::1]", "http://[0::1]/")
        );
        assert!(
            !allows("a:80", "https://a/")
                && !allows("a", "http://b.a/")
                && !allows("a", "http://a.b/")
        );
    }

    proptest! {
        #[test]
        fn any_text_is_a_url_or_none(text in "(https?://)?\\PC{0,30}") {
            if let Ok(url) = Url::parse(&text) {
                prop_assert_eq!(Url::parse(&url.to_string()), Ok(url.clone()));
                let joined = url.join(&text);
                prop_assert!(joined.is_ok());
            }
        }
    }
}
