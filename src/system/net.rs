//! One request and its answer, as the world's door takes them: whom a request may reach and where a redirect leads is
//! decided before it comes here.

use std::time::Duration;

use super::url::Url;
use crate::diagnostic::Fault;

/// Greatest body that is read into memory, decompressed.
pub const MAX_BODY: u64 = 64 << 20;

/// A request that is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub method: Method,
    /// Of whom.
    pub url: Url,
    /// Names in lower case and values.
    pub headers: Vec<(String, String)>,
    /// What is sent; `None` where nothing is.
    pub body: Option<Vec<u8>>,
    /// The time for all of it.
    pub timeout: Duration,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `DELETE`.
    Delete,
}

impl Method {
    /// As it is sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// An answer, whatever its status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case and values, in the order they came.
    pub headers: Vec<(String, String)>,
    /// What came, decompressed.
    pub body: Vec<u8>,
}

impl Response {
    /// The values of a header, joined by commas.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let values = self.headers.iter().filter(|(key, _)| key == name);
        let values: Vec<&str> = values.map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The time was over.
    Timeout,
    /// The body is greater than [`MAX_BODY`].
    TooLarge,
    /// What went wrong on the way.
    Network(String),
    /// The run was stopped.
    Stopped(Fault),
}
