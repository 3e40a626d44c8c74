//! Commands that ask more about a name that was searched: who calls it, where it is defined, how it is called. Each finds
//! something: what no hit speaks for is not suggested.

use indexmap::IndexSet;

use super::hit::{Hit, Hits};
use super::objects::Object;
use crate::facts::Place;
use crate::facts::body::{Expr, ExprKind};
use crate::project::role::Role;
use crate::scan::session::{FileHits, SearchAnswer};

/// Most objects that are asked about.
const MOST_OBJECTS: usize = 3;

/// Most calls that are looked at for one that a pattern can find.
const MOST_CALLS: usize = 100;

const FUNCTIONS: [&str; 2] = ["function", "method"];
const CLASSES: [&str; 5] = ["class", "struct", "enum", "trait", "union"];
/// What `calls` tells of a definition.
const USES: [Role; 4] = [Role::Callsite, Role::Decorator, Role::Reference, Role::Attribute];

/// The commands, for a shell.
pub(super) fn commands(found: &SearchAnswer, hits: &Hits) -> IndexSet<String> {
    let objects = hits.objects.sorted();
    let of = |kinds: &[&str]| {
        let is_of = |object: &&&Object| object.place.is_some() && kinds.contains(&object.kind);
        objects.iter().filter(is_of).take(MOST_OBJECTS).copied().collect::<Vec<_>>()
    };
    let (functions, classes) = (of(&FUNCTIONS), of(&CLASSES));
    let is_used = |object: &&&Object| USES.iter().any(|&role| object.by_role[role as usize] > 0);
    let used = functions.iter().chain(&classes).filter(is_used);
    let mut commands: IndexSet<String> = used
        .take(MOST_OBJECTS)
        .map(|object| format!("qplan calls {}", word(&object.name)))
        .collect();
    for (entity, objects) in [("function", functions), ("class", classes)] {
        let names = objects.iter().filter_map(|object| object.own_name.as_deref());
        commands.extend(names.map(|name| format!("qplan q \"entity={entity} name={name}\"")));
    }
    commands.extend(pattern(found, hits));
    commands
}

/// The shape of the most relevant call that a pattern can find.
fn pattern(found: &SearchAnswer, hits: &Hits) -> Option<String> {
    let calls = hits.all.iter().filter(|hit| hit.role == Role::Callsite);
    calls.take(MOST_CALLS).find_map(|hit| call(found.files.get(hit.file as usize)?, hit))
}

/// A call as a pattern; none where other signs stand between name and arguments, or a pattern sees only tokens.
fn call(file: &FileHits, hit: &Hit) -> Option<String> {
    let range = file.hits.stored.get(hit.at as usize)?;
    let place = Place::between(range.start, range.end);
    let in_macro = |expr: &Expr| expr.kind == ExprKind::Macro && expr.place.covers(place);
    if file.facts.body.exprs.iter().any(in_macro) {
        return None;
    }
    let (text, at) = (file.source.text(), range.start as usize);
    let (before, behind) = (text.get(..at)?, text.get(range.end as usize..)?);
    let receiver = match before {
        _ if !behind.starts_with('(') => return None,
        _ if before.ends_with("::") => "$X::",
        _ if before.ends_with('.') => "$X.",
        _ => "",
    };
    let pattern = format!("{receiver}{}($$$)", file.source.slice(range.start, range.end));
    Some(format!("qplan q --pattern {} --lang {}", word(&pattern), file.source.language()))
}

/// A word of a command line of a POSIX shell: in quotes where a sign would mean something.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_a_shell_stand_in_quotes() {
        assert_eq!(word("pkg.mod.f"), "pkg.mod.f");
        assert_eq!(word("crate::<S as T>::f#2"), "'crate::<S as T>::f#2'");
        assert_eq!(word("$X.f($$$)"), "'$X.f($$$)'");
        assert_eq!(word("it's"), r"'it'\''s'");
    }
}
