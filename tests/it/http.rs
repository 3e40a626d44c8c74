//! The action `http` against a server on the loopback: what is sent, what comes back, and what ends a request.

use std::time::{Duration, Instant};

use crate::harness::{Place, Ran};
use crate::server::{Server, house};

/// Runs the statements of a step, `HOST` standing for the server, with the flags.
fn run(server: &Server, statements: &str, flags: &[&str]) -> Ran {
    let host = format!("127.0.0.1:{}", server.port);
    let plan = format!("step \"a\" id=a {{\n{}\n}}\n", statements.replace("HOST", &host));
    let place = Place::new([("plan.qp", plan.as_str())]);
    let flags = flags.iter().map(|flag| flag.replace("HOST", &host));
    let args: Vec<String> =
        ["plan.qp", "--root", "."].into_iter().map(str::to_owned).chain(flags).collect();
    place.qplan(&args, "")
}

fn allowed(server: &Server, statements: &str) -> Ran {
    run(server, statements, &["--allow-net=HOST"])
}

/// What the statements print, which must run without an error.
fn printed(statements: &str) -> String {
    let ran = allowed(&Server::new(house), statements);
    assert_eq!((ran.stderr.as_str(), ran.code), ("", 0), "{statements}");
    ran.stdout.trim_end().to_owned()
}

#[test]
fn an_answer_has_its_status_headers_body_and_value() {
    for (statements, expected) in [
        (
            "http get \"http://HOST/items\" -> r\nprint r.status, len(r.json), r.json[1].id, r.bytes",
            "200 2 2 19",
        ),
        (
            "http get \"http://HOST/items\" -> r\nprint r.headers[\"content-type\"]",
            "application/json; charset=utf-8",
        ),
        (
            "http get \"http://HOST/missing\" -> r\nprint r.status, r.body, r.json",
            "404 not here null",
        ),
        ("http get \"http://HOST/broken\" -> r\nprint r.body, r.json", "{no json null"),
        ("http get \"http://HOST/latin\" -> r\nprint r.body", "grüße"),
        ("http get \"http://HOST/bytes\" -> r\nprint r.body, r.bytes", "null 6"),
        (
            "http get \"http://HOST/twice\" -> r\nprint r.headers[\"x-a\"], r.headers[\"x-b\"]",
            "1, 3 2",
        ),
        ("http get \"http://HOST/chunked\" -> r\nprint r.body", "one two three"),
    ] {
        assert_eq!(printed(statements), expected, "{statements}");
    }
}

#[test]
fn what_is_sent_is_what_the_plan_says() {
    let echo = |call: &str| printed(&format!("{call} -> r\nprint r.body")).to_lowercase();
    let sent = echo(
        "http post \"http://HOST/echo?q=a%20b\" body={a: [1, null]} headers={\"X-Key\": \"k\"}",
    );
    for part in [
        "post /echo?q=a%20b",
        "{\"a\":[1,null]}",
        "x-key: k",
        "content-type: application/json",
        "user-agent: qplan/",
    ] {
        assert!(sent.contains(part), "{part}\n{sent}");
    }
    let sent =
        echo("http put \"http://HOST/echo\" body=\"grüße\" headers={\"Content-Type\": \"text/x\"}");
    assert!(
        sent.starts_with("put") && sent.ends_with("grüße") && sent.contains("content-type: text/x"),
        "{sent}"
    );
    let sent = echo("http delete \"http://HOST/echo\"");
    assert!(sent.starts_with("delete /echo") && !sent.contains("content-type"), "{sent}");
}

#[test]
fn redirects_are_followed_where_the_gate_allows() {
    let server = Server::new(house);
    let ran = allowed(&server, "http get \"http://HOST/to?302,/echo\" -> r\nprint r.status, r.url");
    assert_eq!(ran.stdout, format!("200 {}\n", server.url("/echo")), "{}", ran.stderr);
    let other = Server::new(house);
    let to_other =
        format!("http get \"http://HOST/to?302,{}\" -> r\nprint r.status", other.url("/"));
    let ran = allowed(&server, &to_other);
    let flag = format!("--allow-net=127.0.0.1:{}", other.port);
    assert!(ran.stderr.contains("QP0704") && ran.stderr.contains(&flag), "{}", ran.stderr);
    assert!(other.asked().is_empty());
    assert_eq!(run(&server, &to_other, &["--allow-net=HOST", &flag]).stdout, "200\n");
}

#[test]
fn a_redirect_changes_method_and_headers_as_it_must() {
    let server = Server::new(house);
    let keys = "headers={authorization: \"secret\", accept: \"text/x\", \"x-key\": \"secret\"}";
    let body = |call: &str, flags: &[&str]| {
        run(&server, &format!("{call} -> r\nprint r.body"), flags).stdout
    };
    let own = body(
        &format!("http post \"http://HOST/to?303,/echo\" body=\"b\" {keys}"),
        &["--allow-net=HOST"],
    );
    assert!(
        own.starts_with("GET /echo") && own.contains("secret") && !own.contains("content-type"),
        "{own}"
    );
    let kept = body(
        &format!("http post \"http://HOST/to?307,/echo\" body=\"b\" {keys}"),
        &["--allow-net=HOST"],
    );
    assert!(kept.starts_with("POST /echo") && kept.trim_end().ends_with('b'), "{kept}");
    let other = Server::new(house);
    let call = format!("http get \"http://HOST/to?302,{}\" {keys}", other.url("/echo"));
    let away = body(&call, &["--allow-net=127.0.0.1"]);
    assert!(away.contains("text/x") && !away.contains("secret"), "{away}");
}

#[test]
fn redirects_end() {
    assert_eq!(
        printed("http get \"http://HOST/loop\" follow=0 -> r\nprint r.status, r.headers.location"),
        "302 /loop"
    );
    let server = Server::new(house);
    let ran = allowed(&server, "http get \"http://HOST/loop\" follow=3 -> r\nprint r");
    assert!(ran.stderr.contains("redirects more than 3 times"), "{}", ran.stderr);
    assert_eq!(server.asked().len(), 4);
    for target in ["file:///etc/passwd", "javascript:1", "http://a@127.0.0.1/", "ftp://127.0.0.1/"]
    {
        let ran =
            allowed(&server, &format!("http get \"http://HOST/to?302,{target}\" -> r\nprint r"));
        assert!(ran.stderr.contains("QP0716"), "{target}: {}", ran.stderr);
    }
}

#[test]
fn what_goes_wrong_has_its_kind() {
    let server = Server::new(house);
    let kind = |statements: &str| {
        let guarded =
            format!("step \"b\" onError=continue {{ {statements} }}\nprint error.kind, error.code");
        allowed(&server, &guarded).stdout.trim_end().to_owned()
    };
    assert_eq!(
        kind("http get \"http://HOST/silent\" timeout=200ms -> r; print r"),
        "timeout QP0717"
    );
    assert_eq!(kind("http get \"http://HOST/slow\" timeout=300ms -> r; print r"), "timeout QP0717");
    assert_eq!(kind("http get \"http://HOST/garbage\" -> r; print r"), "network QP0716");
    assert_eq!(kind("http get \"http://HOST/cut\" -> r; print r"), "network QP0716");
    assert_eq!(kind("http get \"http://HOST/huge\" -> r; print r.bytes"), "network QP0716");
    assert_eq!(kind("http get \"http://localhost:1/\" -> r; print r"), "permission QP0704");
}

#[test]
fn a_refused_connection_is_an_error_of_the_network() {
    let server = Server::new(house);
    // Nobody listens where a listener was bound and closed again.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|l| l.local_addr())
        .expect("a free port")
        .port();
    let ran = run(
        &server,
        &format!("http get \"http://127.0.0.1:{free}/\" -> r\nprint r"),
        &["--allow-net=127.0.0.1"],
    );
    assert!(ran.stderr.contains("QP0716") && ran.stderr.contains("refused"), "{}", ran.stderr);
    let ran = run(
        &server,
        "http get \"http://no.such.host.invalid/\" -> r\nprint r",
        &["--allow-net=no.such.host.invalid"],
    );
    assert!(ran.stderr.contains("QP0716"), "{}", ran.stderr);
}

#[test]
fn a_request_ends_when_its_step_does() {
    let server = Server::new(house);
    for path in ["/silent", "/slow"] {
        let began = Instant::now();
        let statements = format!(
            "step \"b\" timeout=300ms onError=continue {{ http get \"http://HOST{path}\" -> r; print r }}\nprint error.kind, error.code"
        );
        let ran = allowed(&server, &statements);
        assert_eq!(ran.stdout, "timeout QP0502\n", "{}", ran.stderr);
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    }
}

#[test]
fn proxies_of_the_environment_are_not_asked() {
    let server = Server::new(house);
    let proxy = Server::new(house);
    let plan =
        format!("step \"a\" {{ http get \"{}\" -> r; print r.status }}\n", server.url("/items"));
    let place = Place::new([("plan.qp", plan.as_str())]);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_qplan"));
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env(name, proxy.url(""));
    }
    let ran = place
        .seal(&mut command)
        .current_dir(place.path())
        .args(["plan.qp", "--root", ".", "--allow-net=127.0.0.1"])
        .output();
    assert_eq!(String::from_utf8_lossy(&ran.expect("the program starts").stdout), "200\n");
    assert!(proxy.asked().is_empty());
}
