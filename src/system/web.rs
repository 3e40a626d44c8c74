//! Requests over the machine's network. It follows no redirect, reads no proxy from the environment and keeps no cookies.

use std::io::Read;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use ureq::{Agent, Error, http};

use super::control::Cancel;
use super::net::{Failure, MAX_BODY, Request, Response};

/// Longest time between two looks at the cancel handle.
const SLICE: Duration = Duration::from_millis(20);
/// Most bytes of a body that are read at once.
const PIECE: u64 = 64 << 10;

/// Sends a request from a thread of its own and waits for the answer. A request that is given up ends with the next piece
/// of its body, or else with its timeout; nobody waits for it.
pub(super) fn request(request: Request, cancel: &Cancel) -> Result<Response, Failure> {
    let given_up = Arc::new(AtomicBool::new(false));
    let watched = Arc::clone(&given_up);
    let (sender, answer) = mpsc::channel();
    // The receiver is gone where the request was given up.
    let work = move || drop(sender.send(send(&request, &watched)));
    let started = thread::Builder::new().name("http".into()).spawn(work);
    started.map_err(|error| Failure::Network(format!("no thread for it: {error}")))?;
    loop {
        if let Err(fault) = cancel.check() {
            given_up.store(true, Ordering::Relaxed);
            return Err(Failure::Stopped(fault));
        }
        match answer.recv_timeout(SLICE) {
            Ok(done) => return done,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return Err(Failure::Network("the client failed".to_owned()));
            }
        }
    }
}

fn agent() -> &'static Agent {
    static AGENT: OnceLock<Agent> = OnceLock::new();
    AGENT.get_or_init(|| {
        let config = Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("qplan/", env!("CARGO_PKG_VERSION")));
        config.build().new_agent()
    })
}

fn send(request: &Request, given_up: &AtomicBool) -> Result<Response, Failure> {
    let mut builder =
        http::Request::builder().method(request.method.name()).uri(request.url.to_string());
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let wrong = |error: http::Error| Failure::Network(error.to_string());
    let agent = agent();
    let sent = match &request.body {
        Some(body) => {
            let request_ = builder.body(body.as_slice()).map_err(wrong)?;
            let ready = agent.configure_request(request_);
            agent.run(ready.timeout_global(Some(request.timeout)).build())
        }
        None => {
            let request_ = builder.body(()).map_err(wrong)?;
            let ready = agent.configure_request(request_);
            agent.run(ready.timeout_global(Some(request.timeout)).build())
        }
    };
    let mut response = sent.map_err(|error| failure(&error))?;
    let headers = response.headers().iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let (status, headers) = (response.status().as_u16(), headers.collect());
    let body = read(response.body_mut().as_reader(), given_up)?;
    Ok(Response { status, headers, body })
}

/// All of a body, piece by piece, so that one nobody waits for is left soon.
fn read(mut from: impl Read, given_up: &AtomicBool) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    loop {
        if given_up.load(Ordering::Relaxed) {
            return Err(Failure::Network("it was given up".to_owned()));
        }
        let read = from.by_ref().take(PIECE).read_to_end(&mut body);
        if read.map_err(|error| failure(&Error::from(error)))? == 0 {
            return Ok(body);
        }
        if body.len() as u64 > MAX_BODY {
            return Err(Failure::TooLarge);
        }
    }
}

fn failure(error: &Error) -> Failure {
    match error {
        Error::Timeout(_) => Failure::Timeout,
        Error::HostNotFound => Failure::Network("there is no such host".to_owned()),
        Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => Failure::Timeout,
        Error::Io(error) => Failure::Network(super::permission::reason(error)),
        other => Failure::Network(other.to_string()),
    }
}
