//! The codes of the stage `system`: what a plan may do to the world, and what the world answered; each explained.

use super::{Code, Explanation};

/// A file outside the root was asked for.
pub const READ_REFUSED: Code = Code("QP0701");
/// A file was to be written without a flag.
pub const WRITE_REFUSED: Code = Code("QP0702");
/// The environment was asked for without a flag.
pub const ENV_REFUSED: Code = Code("QP0703");
/// A server was asked for without a flag.
pub const NET_REFUSED: Code = Code("QP0704");
/// Text that names no file.
pub const NO_PATH: Code = Code("QP0706");
/// A path that leads nowhere.
pub const CANNOT_RESOLVE: Code = Code("QP0707");
/// A file or directory that could not be read.
pub const CANNOT_READ: Code = Code("QP0708");
/// A file that could not be written.
pub const CANNOT_WRITE: Code = Code("QP0709");
/// A file that is not UTF-8 text.
pub const NOT_UTF8: Code = Code("QP0710");
/// A directory or glob with more entries than are listed.
pub const TOO_MANY: Code = Code("QP0711");
/// A jq program that cannot be read.
pub const BAD_JQ: Code = Code("QP0712");
/// A jq program that failed.
pub const JQ_FAILED: Code = Code("QP0713");
/// A jq program that yields several values where one is expected.
pub const JQ_SEVERAL: Code = Code("QP0714");
/// Text that is no URL.
pub const BAD_URL: Code = Code("QP0715");
/// A server that could not be reached, or gave no answer that can be read.
pub const NETWORK: Code = Code("QP0716");
/// A request that took longer than it may.
pub const NET_TIMEOUT: Code = Code("QP0717");
/// A header that cannot be sent.
pub const BAD_HEADER: Code = Code("QP0718");
/// Checkpoints from which no run can go on.
pub const CHECKPOINT: Code = Code("QP0720");

/// Every code of this stage, in order.
pub(super) static TABLE: &[Explanation] = &[
    Explanation {
        code: READ_REFUSED,
        title: "reading outside the root is not allowed",
        text: "A plan reads below its root. `--allow-read=PATH` allows another file or directory. Links and `..` are followed before the check. The root itself is the project the plan is run in, or what `--root` names: `@root` may only name a directory of that project.",
        wrong: "step \"Read\" {\n  file read \"/etc/passwd\" -> text\n  print len(text)\n}\n",
        right: "step \"Read\" {\n  file exists \"passwd\" -> there\n  print there\n}\n",
    },
    Explanation {
        code: WRITE_REFUSED,
        title: "writing is not allowed",
        text: "A plan writes nowhere unless `--allow-write=PATH` names the file or a directory above it, the root's own files included.",
        wrong: "step \"Write\" {\n  file write \"out/a.txt\" content=\"x\"\n}\n",
        right: "step \"Write\" {\n  print \"x\"\n}\n",
    },
    Explanation {
        code: ENV_REFUSED,
        title: "reading the environment is not allowed",
        text: "Variables of the environment may hold secrets: `--allow-env` allows a plan to read them. A parameter of the plan is often the better way.",
        wrong: "step \"Home\" {\n  env \"HOME\" -> home\n  print home\n}\n",
        right: "@params home=\".\"\nstep \"Home\" {\n  print home\n}\n",
    },
    Explanation {
        code: NET_REFUSED,
        title: "reaching a server is not allowed",
        text: "A plan reaches no server unless `--allow-net=HOST` names it, or `--allow-net=HOST:PORT` for one port. The names must be the same: neither a subdomain nor the address of a name is allowed with it. The target of a redirect is asked for like any other.",
        wrong: "step \"Page\" {\n  http get \"http://localhost:8000/\" -> page\n  print page.status\n}\n",
        right: "@params status=200\nstep \"Page\" {\n  print status\n}\n",
    },
    Explanation {
        code: NO_PATH,
        title: "text that is no path",
        text: "A path is not empty and holds no NUL byte. An empty one is often a name that was not written.",
        wrong: "step \"Read\" {\n  var path = \"\"\n  file exists path -> there\n  print there\n}\n",
        right: "step \"Read\" {\n  var path = \"a.txt\"\n  file exists path -> there\n  print there\n}\n",
    },
    Explanation {
        code: CANNOT_RESOLVE,
        title: "a path that leads nowhere",
        text: "A link on the path points to itself or to something that does not exist, or a part of the path is no directory.",
        wrong: "// `loop` is a link to itself\nstep \"Read\" {\n  file read \"loop\" -> text\n  print len(text)\n}\n",
        right: "// `loop` is a link to itself\nstep \"Read\" {\n  file exists \"loop\" -> there\n  print there\n}\n",
    },
    Explanation {
        code: CANNOT_READ,
        title: "a file that cannot be read",
        text: "The message says what the operating system answered. Pipes, sockets, devices and files over 256 MiB are refused. Test with `file exists` where a file may be missing.",
        wrong: "step \"Read\" {\n  file read \"missing.txt\" -> text\n  print len(text)\n}\n",
        right: "step \"Read\" {\n  file exists \"missing.txt\" -> there\n  print there\n}\n",
    },
    Explanation {
        code: CANNOT_WRITE,
        title: "a file that cannot be written",
        text: "The message says what the operating system answered. A file is replaced whole or not at all.",
        wrong: "// qplan plan.qp --allow-write src\nstep \"Write\" {\n  file write \"src\" content=\"x = 1\\n\"\n}\n",
        right: "// qplan plan.qp --allow-write src\nstep \"Write\" {\n  file write \"src/new.py\" content=\"x = 1\\n\"\n}\n",
    },
    Explanation {
        code: NOT_UTF8,
        title: "a file that is not UTF-8 text",
        text: "`file read` gives text, so the file must be UTF-8; the message names the first byte that is not. Convert the file, or leave it out.",
        wrong: "// `latin.txt` holds the byte 0xe9\nstep \"Read\" {\n  file read \"latin.txt\" -> text\n  print len(text)\n}\n",
        right: "// `latin.txt` holds the byte 0xe9\nstep \"Read\" {\n  file list \".\" -> entries\n  print map(filter(entries, \"name\", \"latin.txt\"), \"size\")\n}\n",
    },
    Explanation {
        code: TOO_MANY,
        title: "more files than are listed",
        text: "`file list` and `file glob` look at no more than 1,000,000 entries and 128 levels of directories. Name a narrower directory.",
        wrong: "// qplan plan.qp --allow-write deep\nstep \"List\" {\n  var path = \"deep\"\n  var n = 0\n  while n < 130 { set path = path + \"/d\"; set n = n + 1 }\n  file write \"${path}/a.txt\" content=\"x\"\n  file glob \"*.txt\" in=\"deep\" -> files\n  print len(files)\n}\n",
        right: "// qplan plan.qp --allow-write deep\nstep \"List\" {\n  var path = \"deep\"\n  var n = 0\n  while n < 100 { set path = path + \"/d\"; set n = n + 1 }\n  file write \"${path}/a.txt\" content=\"x\"\n  file glob \"*.txt\" in=\"deep\" -> files\n  print len(files)\n}\n",
    },
    Explanation {
        code: BAD_JQ,
        title: "a jq program that cannot be read",
        text: "The program is checked before the run: its syntax, its filters and its variables, which `args=` gives. Programs read no files, so there is no `input`, `import` or `include`. Write programs with quotes in a raw string, `r'…'`.",
        wrong: "step \"Sum\" {\n  jq \"map(.n | add\" input=[] -> sum\n  print sum\n}\n",
        right: "step \"Sum\" {\n  jq \"map(.n) | add\" input=[] -> sum\n  print sum\n}\n",
    },
    Explanation {
        code: JQ_FAILED,
        title: "a jq program that failed",
        text: "The message is jq's own. Within the program, `?` and `try … catch …` handle errors; integers stay exact, so one that overflows 64 bits is an error, and so is a division by zero.",
        wrong: "step \"Name\" {\n  jq \".name\" input=[1] -> name\n  print name\n}\n",
        right: "step \"Name\" {\n  jq \".name\" input={name: \"a\"} -> name\n  print name\n}\n",
    },
    Explanation {
        code: JQ_SEVERAL,
        title: "a jq program that yields several values",
        text: "The value of `jq` is the one value the program yields, or `null` where it yields none. Several would make the answer's kind depend on the data: ask for the list of them with `all=true`, collect them with `[ … ]`, or choose one with `first(…)`.",
        wrong: "step \"Big\" {\n  jq \".[]\" input=[1, 2] -> big\n  print big\n}\n",
        right: "step \"Big\" {\n  jq \".[]\" input=[1, 2] all=true -> big\n  print big\n}\n",
    },
    Explanation {
        code: BAD_URL,
        title: "text that is no URL",
        text: "A URL begins with `http://` or `https://` and names a host, in ASCII and without a user before it; blanks are written `%20`. What two programs could read as different hosts is refused.",
        wrong: "step \"Page\" {\n  http get \"example.com\" -> page\n  print page.status\n}\n",
        right: "step \"Page\" {\n  var url = \"http://example.com/\"\n  print url\n}\n",
    },
    Explanation {
        code: NETWORK,
        title: "a server that gives no answer",
        text: "The message says why: no such host, a refused connection, a certificate that is not trusted, an answer that is no HTTP, a body over 64 MiB, too many redirects. A status such as 404 is no error: it is in `status`.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: NET_TIMEOUT,
        title: "a request that took too long",
        text: "All of a request, redirects and body included, must end within `timeout=`, 30 seconds unless another is given.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: BAD_HEADER,
        title: "a header that cannot be sent",
        text: "Names are words of letters, digits and `-`, values are text on one line. `host`, `content-length`, `connection` and the like are set by the program itself.",
        wrong: "step \"Page\" {\n  http get \"http://localhost/\" headers={host: \"a\"} -> page\n  print page.status\n}\n",
        right: "step \"Page\" {\n  var headers = {accept: \"text/html\"}\n  print headers.accept\n}\n",
    },
    Explanation {
        code: CHECKPOINT,
        title: "checkpoints from which the run cannot go on",
        text: "A run goes on from its last checkpoint with the plan, the modules and the files it had. The message names what is different. `--rescan` takes the files as they are now; a changed plan has to be run again.",
        wrong: "",
        right: "",
    },
];
