//! `http`: requests to servers that a flag allows. Each redirect passes the gate again, and a status is never an error.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::refuse;
use crate::action::{Action, Args, Cx, Example, Field, Forms, Group, Kind, Op, Param, Problem};
use crate::diagnostic::{self, Fault, Severity, code::system as codes};
use crate::system::net::{Failure, MAX_BODY, Method, Request, Response};
use crate::system::url::Url;
use crate::value::{Value, show};

/// What a redirect to another server keeps of the plan's headers.
const HARMLESS: [&str; 4] = ["accept", "accept-language", "content-type", "user-agent"];
/// What the program says of its own requests.
const OURS: [&str; 9] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

const URL: Param = Param::required("url", Kind::Text, "where to").primary().checked(check);
const HEADERS: Param = Param::optional("headers", Kind::Object, "headers by name");
const BODY: Param = Param::optional(
    "body",
    Kind::Any,
    "what is sent: text as it is, other values as JSON, with the content type that says so",
);
const TIMEOUT: Param =
    Param::default("timeout", Kind::Duration, "30s", "for all of it, redirects and body included");
const FOLLOW: Param = Param::default(
    "follow",
    Kind::Int(0, 20),
    "10",
    "how many redirects are followed; 0 shows them",
);

const ASK: &[Param] = &[URL, HEADERS, TIMEOUT, FOLLOW];
const SEND: &[Param] = &[URL, BODY, HEADERS, TIMEOUT, FOLLOW];

/// The action `http`.
pub static ACTION: Action = Action {
    name: "http",
    group: Group::Basic,
    summary: "asks servers; each needs `--allow-net=HOST`; a status such as 404 is no error",
    forms: Forms::Ops(&[
        Op::basic("delete", "asks for something to be deleted", ASK, |cx, args| {
            run(cx, args, Method::Delete)
        }),
        Op::basic("get", "asks for what is there", ASK, |cx, args| run(cx, args, Method::Get)),
        Op::basic("post", "sends something to be dealt with", SEND, |cx, args| {
            run(cx, args, Method::Post)
        }),
        Op::basic("put", "sends something to be put there", SEND, |cx, args| {
            run(cx, args, Method::Put)
        }),
    ]),
    fields: &[
        Field { name: "status", kind: "integer", doc: "the status code, as in 200 or 404" },
        Field {
            name: "headers",
            kind: "object",
            doc: "by name in lower case; several of one name joined by `, `",
        },
        Field {
            name: "body",
            kind: "text",
            doc: "the body; `null` where it is no text of its charset",
        },
        Field { name: "bytes", kind: "integer", doc: "the length of the body, decompressed" },
        Field {
            name: "json",
            kind: "any",
            doc: "the value of the body, where the content type says JSON; else `null`",
        },
        Field {
            name: "url",
            kind: "text",
            doc: "where the answer came from, behind the redirects",
        },
    ],
    rows: &[],
    examples: &[
        Example {
            title: "a page; needs `--allow-net=localhost:8000`",
            plan: "http get \"http://localhost:8000/items\" timeout=5s -> page\nif page.status == 200 { print len(page.json), page.headers[\"content-type\"] }",
        },
        Example {
            title: "sending a value as JSON",
            plan: "http post \"http://localhost:8000/items\" body={name: \"a\"} headers={authorization: \"Bearer x\"} -> made\nassert made.status == 201 message=\"status ${made.status}\"",
        },
        Example {
            title: "the rest",
            plan: "http put \"http://localhost:8000/items/1\" body=\"text\" -> done\nhttp delete \"http://localhost:8000/items/1\" -> gone\nprint done.status, gone.status",
        },
    ],
    counts: true,
    finding: None,
};

fn check(url: &str, _: &Args) -> Vec<Problem> {
    let problem = |reason: &'static str| Problem {
        range: 0..url.len(),
        severity: Severity::Error,
        code: codes::BAD_URL,
        message: bad_url(url, reason),
        help: Some("write it whole, as in `https://example.com/path`".to_owned()),
        fix: None,
    };
    Url::parse(url).err().map(problem).into_iter().collect()
}

fn bad_url(url: &str, reason: &str) -> String {
    let shown: String = url.chars().take(80).collect();
    format!("`{shown}` is no URL to ask: {reason}")
}

fn run(cx: &Cx<'_>, args: &Args, method: Method) -> Result<Value, Fault> {
    let written = args.text("url");
    let url = Url::parse(written).map_err(|reason| {
        refuse(codes::BAD_URL, bad_url(written, reason))
            .help("write it whole, as in `https://example.com/path`")
    })?;
    let mut headers = headers(args)?;
    cx.gate.reach(&url)?;
    let body = body(args, &mut headers);
    let timeout = args.duration("timeout").unwrap_or(Duration::from_secs(30));
    let request = Request { method, url, headers, body, timeout };
    let follow = args.int("follow").unwrap_or(0);
    let (url, response) = ask(cx, request, follow)?;
    answer(&url, &response)
}

fn headers(args: &Args) -> Result<Vec<(String, String)>, Fault> {
    let Some(Value::Object(given)) = args.value("headers") else { return Ok(Vec::new()) };
    let header = |(name, value): (&Arc<str>, &Value)| {
        let name = name.to_ascii_lowercase();
        let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(refuse(
                codes::BAD_HEADER,
                format!("`{name}` cannot be the name of a header"),
            ));
        }
        if OURS.contains(&name.as_str()) || name.starts_with("proxy-") {
            let message = format!("the header `{name}` is set by the program itself");
            return Err(refuse(codes::BAD_HEADER, message).help("leave it out"));
        }
        let value = show::plain(value);
        if value.chars().any(|c| c.is_control() && c != '\t') {
            let message = format!("the header `{name}` holds a line end or a control character");
            return Err(refuse(codes::BAD_HEADER, message));
        }
        Ok((name, value))
    };
    given.iter().map(header).collect()
}

/// What is sent; its content type is added unless one is given.
fn body(args: &Args, headers: &mut Vec<(String, String)>) -> Option<Vec<u8>> {
    let value = args.value("body").filter(|value| !matches!(value, Value::Null))?;
    let kind = match value {
        Value::Str(_) => "text/plain; charset=utf-8",
        _ => "application/json",
    };
    if !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), kind.to_owned()));
    }
    Some(show::plain(value).into_bytes())
}

/// The answer behind the redirects, and where it came from.
fn ask(cx: &Cx<'_>, mut request: Request, follow: i64) -> Result<(Url, Response), Fault> {
    let began = Instant::now();
    let limit = request.timeout;
    let mut left = follow;
    loop {
        request.timeout = limit.saturating_sub(began.elapsed());
        let asked = request.url.clone();
        let response = if request.timeout.is_zero() {
            Err(Failure::Timeout)
        } else {
            cx.slots.aside(|| cx.system.request(request.clone(), cx.cancel))
        };
        let response = response.map_err(|failure| fault(&asked, failure, limit))?;
        let location = response.header("location").filter(|_| is_redirect(response.status));
        let Some(location) = location.filter(|_| follow > 0) else {
            return Ok((asked, response));
        };
        if left == 0 {
            return Err(network(&asked, &format!("it redirects more than {follow} times")));
        }
        left -= 1;
        let next = asked.join(&location).map_err(|reason| {
            network(&asked, &format!("it redirects to `{}`: {reason}", first(&location)))
        })?;
        cx.gate.reach(&next)?;
        redirected(&mut request, next, response.status);
    }
}

fn first(text: &str) -> String {
    text.chars().take(80).collect()
}

const fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The request that a redirect asks for: `303`, and `301` and `302` of a `POST`, ask with `GET` and without the body.
fn redirected(request: &mut Request, next: Url, status: u16) {
    let becomes_get = match request.method {
        Method::Post => matches!(status, 301..=303),
        Method::Put | Method::Delete => status == 303,
        Method::Get => false,
    };
    if becomes_get {
        request.method = Method::Get;
        request.body = None;
        request.headers.retain(|(name, _)| !name.starts_with("content-"));
    }
    if !request.url.same_origin(&next) {
        request.headers.retain(|(name, _)| HARMLESS.contains(&name.as_str()));
    }
    request.url = next;
}

fn fault(url: &Url, failure: Failure, limit: Duration) -> Fault {
    match failure {
        Failure::Stopped(fault) => fault,
        Failure::Timeout => {
            let message = format!("`{}` took longer than {limit:?}", url.host);
            Fault::new(diagnostic::Kind::Timeout, codes::NET_TIMEOUT, message)
                .help("give it more time with `timeout=`")
        }
        Failure::TooLarge => {
            network(url, &format!("its body is larger than {} MiB", MAX_BODY >> 20))
        }
        Failure::Network(reason) => network(url, &reason),
    }
}

fn network(url: &Url, reason: &str) -> Fault {
    let message = format!("`{}` gives no answer: {reason}", url.host);
    Fault::new(diagnostic::Kind::Network, codes::NETWORK, message)
}

fn answer(url: &Url, response: &Response) -> Result<Value, Fault> {
    let mut names: Vec<&String> = response.headers.iter().map(|(name, _)| name).collect();
    names.dedup();
    let headers = names
        .into_iter()
        .map(|name| (name.as_str(), response.header(name).map_or(Value::Null, Value::from)));
    let headers = Value::object(headers);
    let kind = response.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let body = text(&kind, &response.body);
    let json = match body.as_deref().filter(|_| is_json(&kind)).map(super::json::parse) {
        Some(Err(fault)) if fault.kind == diagnostic::Kind::Limit => return Err(fault),
        parsed => parsed.and_then(Result::ok).unwrap_or_default(),
    };
    Ok(Value::object([
        ("status", Value::Int(response.status.into())),
        ("headers", headers),
        ("body", body.map_or(Value::Null, Value::from)),
        ("bytes", Value::count(response.body.len())),
        ("json", json),
        ("url", Value::from(url.to_string())),
    ]))
}

/// `application/json`, `application/problem+json` and the like.
fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or("").trim();
    kind == "application/json" || kind == "text/json" || kind.ends_with("+json")
}

/// The body as text of the charset that the content type names, else of UTF-8.
fn text(kind: &str, body: &[u8]) -> Option<String> {
    let charset = kind.split(';').find_map(|part| part.trim().strip_prefix("charset="));
    let label = charset.unwrap_or("utf-8").trim_matches('"');
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())?;
    let (text, wrong) = encoding.decode_with_bom_removal(body);
    (!wrong).then(|| text.into_owned())
}
