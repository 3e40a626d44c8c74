//! The codes of the stage `system`: what a plan may do to the world, and what the world answered; each explained.

use super::{Code, Explanation};

/// A file outside the root was asked for.
pub const READ_REFUSED: Code = Code("QP0701");
/// A file was to be written without a flag.
pub const WRITE_REFUSED: Code = Code("QP0702");
/// The environment was asked for without a flag.
pub const ENV_REFUSED: Code = Code("QP0703");
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
/// Checkpoints from which no run can go on.
pub const CHECKPOINT: Code = Code("QP0720");

/// Every code of this stage, in order.
pub(super) static TABLE: &[Explanation] = &[
    Explanation {
        code: READ_REFUSED,
        title: "reading outside the root is not allowed",
        text: "A plan reads below its root. `--allow-read=PATH` allows another file or directory. Links and `..` are followed before the check.",
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
        wrong: "",
        right: "",
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
        wrong: "",
        right: "",
    },
    Explanation {
        code: NOT_UTF8,
        title: "a file that is not UTF-8 text",
        text: "`file read` gives text, so the file must be UTF-8; the message names the first byte that is not. Convert the file, or leave it out.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: TOO_MANY,
        title: "more files than are listed",
        text: "`file list` and `file glob` look at no more than 1,000,000 entries and 128 levels of directories. Name a narrower directory.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: CHECKPOINT,
        title: "checkpoints from which the run cannot go on",
        text: "A run goes on from its last checkpoint with the plan, the modules and the files it had. The message names what is different. `--rescan` takes the files as they are now; a changed plan has to be run again.",
        wrong: "",
        right: "",
    },
];
