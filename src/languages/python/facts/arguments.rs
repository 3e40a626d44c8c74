//! Arguments of calls and classes.

use ruff_python_ast::{ArgOrKeyword, Arguments, Expr};
use ruff_text_size::Ranged;

use super::reader::Reader;
use crate::facts::body::{Arg, ArgKind, Call};
use crate::facts::{CallId, Run, Str};

impl Reader<'_> {
    /// Reads arguments in source order.
    pub(super) fn arguments(&mut self, arguments: &Arguments) -> Run {
        let base = self.pending.args.len();
        let outer = std::mem::replace(&mut self.call_open, arguments.start().to_u32());
        if arguments.keywords.is_empty() {
            arguments.args.iter().for_each(|arg| self.positional(arg));
        } else {
            for argument in arguments.iter_source_order() {
                self.argument(argument);
            }
        }
        self.call_open = outer;
        self.take_args(base)
    }

    fn argument(&mut self, argument: ArgOrKeyword<'_>) {
        match argument {
            ArgOrKeyword::Arg(arg) => self.positional(arg),
            ArgOrKeyword::Keyword(keyword) => {
                let at = keyword.start().to_u32();
                let kind =
                    if keyword.arg.is_some() { ArgKind::Keyword } else { ArgKind::DoubleStar };
                let name = keyword.arg.as_ref().map_or(Str::NONE, |name| self.intern(name));
                let value = self.expr(&keyword.value);
                self.pending.args.push(Arg { kind, name, at, value });
            }
        }
    }

    fn positional(&mut self, arg: &Expr) {
        let at = arg.start().to_u32();
        let (kind, value) = match arg {
            Expr::Starred(starred) => (ArgKind::Star, self.expr(&starred.value)),
            _ => (ArgKind::Positional, self.expr(arg)),
        };
        self.pending.args.push(Arg { kind, name: Str::NONE, at, value });
    }

    pub(super) fn push_call(&mut self, args: Run, open_at: u32) -> CallId {
        let calls = &mut self.facts().body.calls;
        calls.push(Call { args, open_at, turbofish: Run::default() });
        CallId::at(calls.len() - 1)
    }
}
