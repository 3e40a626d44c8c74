//! A server on the loopback that answers each path in its own way, and tells what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A server that ends with the test.
pub(crate) struct Server {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

/// One request as it came.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Server {
    /// A server whose answers, written to the stream, are those of `answer`.
    pub(crate) fn new(answer: fn(&Asked, &mut TcpStream, u16)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port of the loopback is free");
        let port = listener.local_addr().expect("the listener is bound").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let log = Arc::clone(&log);
                thread::spawn(move || serve(stream, answer, port, &log));
            }
        });
        Self { port, asked }
    }

    /// `METHOD path` of every request so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no request panics").clone()
    }

    /// A URL of it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

fn serve(
    mut stream: TcpStream,
    answer: fn(&Asked, &mut TcpStream, u16),
    port: u16,
    log: &Mutex<Vec<String>>,
) {
    let Some(asked) = read(&stream) else { return };
    log.lock().expect("no request panics").push(format!("{} {}", asked.method, asked.path));
    answer(&asked, &mut stream, port);
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let length = header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut words = head.split_whitespace();
    Some(Asked {
        method: words.next()?.to_owned(),
        path: words.next()?.to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
        head,
    })
}

/// Writes an answer and closes; a client that is gone is no fault of the server.
pub(crate) fn say(stream: &mut TcpStream, status: u16, headers: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

/// Answers to the paths that the tests ask for.
pub(crate) fn house(asked: &Asked, stream: &mut TcpStream, port: u16) {
    let json = "content-type: application/json; charset=utf-8\r\n";
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    match path {
        "/items" if asked.method == "POST" => say(stream, 201, json, b"{\"id\":1}"),
        "/items" => say(stream, 200, json, b"[{\"id\":1},{\"id\":2}]"),
        "/echo" => {
            let text = format!("{} {}\n{}\n{}", asked.method, asked.path, asked.head, asked.body);
            say(stream, 200, "content-type: text/plain\r\n", text.as_bytes());
        }
        "/missing" => say(stream, 404, "", b"not here"),
        "/broken" => say(stream, 200, json, b"{no json"),
        "/latin" => {
            say(stream, 200, "content-type: text/plain; charset=iso-8859-1\r\n", b"gr\xfc\xdfe")
        }
        "/bytes" => say(stream, 200, "content-type: image/png\r\n", b"\x89PNG\xff\xfe"),
        "/twice" => say(stream, 200, "x-a: 1\r\nx-b: 2\r\nX-A: 3\r\n", b""),
        "/to" => say(stream, status_of(query), &format!("location: {}\r\n", target(query)), b""),
        "/loop" => say(stream, 302, "location: /loop\r\n", b""),
        "/here" => {
            let to = format!("location: http://127.0.0.1:{port}/echo\r\n");
            say(stream, 302, &to, b"");
        }
        "/chunked" => chunked(stream, &["one ", "two ", "three"], Duration::ZERO),
        "/slow" => chunked(stream, &["a"; 600], Duration::from_millis(100)),
        "/silent" => thread::sleep(Duration::from_secs(60)),
        "/huge" => huge(stream),
        "/garbage" => drop(stream.write_all(b"this is no http\r\n\r\n")),
        "/cut" => drop(stream.write_all(b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\nshort")),
        _ => say(stream, 200, "", b""),
    }
}

/// `302,http://…` as the query of `/to`.
fn status_of(query: &str) -> u16 {
    query.split(',').next().and_then(|status| status.parse().ok()).unwrap_or(302)
}

fn target(query: &str) -> &str {
    query.split_once(',').map_or("", |(_, target)| target)
}

fn chunked(stream: &mut TcpStream, pieces: &[&str], pause: Duration) {
    let head = b"HTTP/1.1 200 X\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n";
    let _ = stream.write_all(head);
    for piece in pieces {
        let sent = stream.write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes());
        if sent.and_then(|()| stream.flush()).is_err() {
            return;
        }
        thread::sleep(pause);
    }
    let _ = stream.write_all(b"0\r\n\r\n");
}

/// A body one byte greater than is read.
fn huge(stream: &mut TcpStream) {
    let total = (64 << 20) + 1;
    let head = format!("HTTP/1.1 200 X\r\ncontent-length: {total}\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(head.as_bytes());
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..64 {
        if stream.write_all(&piece).is_err() {
            return;
        }
    }
    let _ = stream.write_all(b"x");
}
