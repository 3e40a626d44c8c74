//! The codes of running a plan, each explained.

use super::{Code, Explanation};

/// The run was aborted.
pub const ABORTED: Code = Code("QP0501");
/// A step or the plan took too long.
pub const TIMEOUT: Code = Code("QP0502");

/// Every code of this stage, in order.
pub(super) static TABLE: &[Explanation] = &[
    Explanation {
        code: ABORTED,
        title: "the run was aborted",
        text: "Ctrl-C, a signal or the library's handle ended the run. What is known until then is printed.",
        wrong: "",
        right: "",
    },
    Explanation {
        code: TIMEOUT,
        title: "the time given is over",
        text: "A step's `timeout` counts each attempt with its sub-steps; `--timeout` counts the whole plan.",
        wrong: "step \"Slow\" timeout=10ms {\n  sleep 1s\n}\n",
        right: "step \"Slow\" timeout=5s {\n  sleep 1ms\n}\n",
    },
];
