//! Names that every Rust file knows: the prelude of the standard library, its macros, the primitive types. And what the
//! best known methods of the standard library give.

use std::sync::Arc;

use super::Thing;
use super::names::Space;

/// Types and traits, by name: where they stand.
const TYPES: &[(&str, &str)] = &[
    ("AsMut", "std::convert::AsMut"),
    ("AsRef", "std::convert::AsRef"),
    ("Box", "std::boxed::Box"),
    ("Clone", "std::clone::Clone"),
    ("Copy", "std::marker::Copy"),
    ("Debug", "std::fmt::Debug"),
    ("Default", "std::default::Default"),
    ("DoubleEndedIterator", "std::iter::DoubleEndedIterator"),
    ("Drop", "std::ops::Drop"),
    ("Eq", "std::cmp::Eq"),
    ("ExactSizeIterator", "std::iter::ExactSizeIterator"),
    ("Extend", "std::iter::Extend"),
    ("Fn", "std::ops::Fn"),
    ("FnMut", "std::ops::FnMut"),
    ("FnOnce", "std::ops::FnOnce"),
    ("From", "std::convert::From"),
    ("FromIterator", "std::iter::FromIterator"),
    ("Future", "std::future::Future"),
    ("Hash", "std::hash::Hash"),
    ("Into", "std::convert::Into"),
    ("IntoFuture", "std::future::IntoFuture"),
    ("IntoIterator", "std::iter::IntoIterator"),
    ("Iterator", "std::iter::Iterator"),
    ("Option", "std::option::Option"),
    ("Ord", "std::cmp::Ord"),
    ("PartialEq", "std::cmp::PartialEq"),
    ("PartialOrd", "std::cmp::PartialOrd"),
    ("Result", "std::result::Result"),
    ("Send", "std::marker::Send"),
    ("Sized", "std::marker::Sized"),
    ("String", "std::string::String"),
    ("Sync", "std::marker::Sync"),
    ("ToOwned", "std::borrow::ToOwned"),
    ("ToString", "std::string::ToString"),
    ("TryFrom", "std::convert::TryFrom"),
    ("TryInto", "std::convert::TryInto"),
    ("Unpin", "std::marker::Unpin"),
    ("Vec", "std::vec::Vec"),
];

const VALUES: &[(&str, &str)] = &[
    ("Err", "std::result::Result::Err"),
    ("None", "std::option::Option::None"),
    ("Ok", "std::result::Result::Ok"),
    ("Some", "std::option::Option::Some"),
    ("drop", "std::mem::drop"),
];

const MACROS: &[&str] = &[
    "addr_of",
    "addr_of_mut",
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "column",
    "compile_error",
    "concat",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "env",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "include",
    "include_bytes",
    "include_str",
    "is_x86_feature_detected",
    "line",
    "matches",
    "module_path",
    "option_env",
    "panic",
    "print",
    "println",
    "stringify",
    "thread_local",
    "todo",
    "try",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

const PRIMITIVES: &[&str] = &[
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16",
    "u32", "u64", "u8", "usize",
];

/// What a name is that nothing in the project binds.
pub(super) fn name(name: &str, space: Space) -> Option<Thing> {
    let find = |table: &[(&str, &str)]| {
        let index = table.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
        Some(Thing::External(Arc::from(table[index].1)))
    };
    match space {
        Space::Type => find(TYPES).or_else(|| primitive(name).map(Thing::Primitive)),
        Space::Value => find(VALUES),
        Space::Macro => {
            let known = MACROS.binary_search(&name).is_ok();
            known.then(|| Thing::External(format!("std::{name}").into()))
        }
    }
}

/// A primitive type.
pub(super) fn primitive(name: &str) -> Option<&'static str> {
    PRIMITIVES.binary_search(&name).ok().map(|index| PRIMITIVES[index])
}

/// Whether a name is a primitive type's.
pub(super) fn is_primitive(name: &str) -> bool {
    primitive(name).is_some()
}

/// Whether a path is one of the standard library's.
pub(super) fn is_std(path: &str) -> bool {
    ["std::", "core::", "alloc::"].iter().any(|root| path.starts_with(root))
}

/// The last segment of a path.
pub(super) fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// Whether a type of the standard library is used as if it were what it holds.
pub(super) fn is_pointer(path: &str) -> bool {
    const POINTERS: &[&str] = &[
        "Arc",
        "Box",
        "Cow",
        "LazyCell",
        "LazyLock",
        "ManuallyDrop",
        "MutexGuard",
        "Pin",
        "Rc",
        "Ref",
        "RefMut",
        "RwLockReadGuard",
        "RwLockWriteGuard",
    ];
    is_std(path) && POINTERS.contains(&last(path))
}

/// Whether `new` of a type of the standard library takes what the type holds.
pub(super) fn holds_argument(path: &str) -> bool {
    const HOLDERS: &[&str] = &["Cell", "Mutex", "RefCell", "RwLock", "UnsafeCell"];
    is_pointer(path) || is_std(path) && HOLDERS.contains(&last(path))
}

/// What a method of the standard library gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    /// What it is called on.
    Receiver,
    /// The first type argument.
    Inner,
    /// The second.
    Second,
    /// An `Option` of the first.
    OptionInner,
    /// A `Result` of the first.
    ResultInner,
    /// An iterator over the elements.
    Elements,
    /// `String`.
    Text,
}

/// What a method gives that is called on a type of the standard library, as far as it can be said in general.
pub(super) fn gives(path: &str, method: &str) -> Option<Gives> {
    if !is_std(path) {
        return None;
    }
    let found = match last(path) {
        "Option" | "Result" => of_option(method),
        "Mutex" | "RwLock" => match method {
            "lock" | "read" | "write" | "try_lock" | "into_inner" | "get_mut" => {
                Some(Gives::ResultInner)
            }
            _ => None,
        },
        "RefCell" => match method {
            "borrow" | "borrow_mut" | "get_mut" | "into_inner" => Some(Gives::Inner),
            _ => None,
        },
        "Cell" | "UnsafeCell" => {
            matches!(method, "get" | "take" | "into_inner").then_some(Gives::Inner)
        }
        "OnceLock" | "OnceCell" => match method {
            "get" | "get_mut" | "take" | "into_inner" => Some(Gives::OptionInner),
            "get_or_init" => Some(Gives::Inner),
            _ => None,
        },
        "Weak" => (method == "upgrade").then_some(Gives::OptionInner),
        "Vec" | "VecDeque" | "BinaryHeap" | "HashSet" | "BTreeSet" => of_list(method),
        "Iterator" => of_iterator(method),
        _ => None,
    };
    found.or_else(|| general(method))
}

/// What these give on any type.
pub(super) fn general(method: &str) -> Option<Gives> {
    match method {
        "clone" | "borrow" | "borrow_mut" | "to_owned" | "by_ref" | "as_ref" | "as_mut"
        | "as_deref" | "as_deref_mut" | "as_slice" | "as_mut_slice" => Some(Gives::Receiver),
        "to_string" => Some(Gives::Text),
        _ => None,
    }
}

fn of_option(method: &str) -> Option<Gives> {
    Some(match method {
        "unwrap" | "expect" | "unwrap_or" | "unwrap_or_else" | "unwrap_or_default" | "insert"
        | "get_or_insert_with" | "get_or_insert" | "unwrap_unchecked" => Gives::Inner,
        "ok" => Gives::OptionInner,
        "ok_or" | "ok_or_else" => Gives::ResultInner,
        "unwrap_err" | "expect_err" => Gives::Second,
        "take" | "filter" | "or" | "or_else" | "cloned" | "copied" | "replace" | "map_err"
        | "inspect" | "inspect_err" => Gives::Receiver,
        "iter" | "iter_mut" | "into_iter" => Gives::Elements,
        _ => return None,
    })
}

fn of_list(method: &str) -> Option<Gives> {
    Some(match method {
        "iter" | "iter_mut" | "into_iter" | "drain" => Gives::Elements,
        "pop" | "first" | "last" | "first_mut" | "last_mut" | "get" | "get_mut" | "pop_front"
        | "pop_back" | "front" | "back" | "front_mut" | "back_mut" | "peek" => Gives::OptionInner,
        "remove" | "swap_remove" => Gives::Inner,
        _ => return None,
    })
}

fn of_iterator(method: &str) -> Option<Gives> {
    Some(match method {
        "next" | "last" | "nth" | "find" | "next_back" | "max_by_key" | "min_by_key" | "max_by"
        | "min_by" | "max" | "min" | "peek" => Gives::OptionInner,
        "filter" | "rev" | "skip" | "take" | "chain" | "cloned" | "copied" | "peekable"
        | "skip_while" | "take_while" | "inspect" | "step_by" | "fuse" | "cycle" | "into_iter"
        | "iter" => Gives::Receiver,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_order() {
        assert!(TYPES.is_sorted_by_key(|(name, _)| name));
        assert!(VALUES.is_sorted_by_key(|(name, _)| name));
        assert!(MACROS.is_sorted());
        assert!(PRIMITIVES.is_sorted());
    }
}
