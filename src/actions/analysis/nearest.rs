//! Why a pattern found nothing: the same question with one thing changed is asked, and what it finds is named. That is one
//! more scan, for all patterns that have found nothing by then, which only an empty answer costs.

use std::sync::Arc;

use super::asked::Matches;
use super::cover;
use super::workspace::Workspace;
use crate::diagnostic::Fault;
use crate::facts::needs::{Lang, Pattern, Scope, Side, Stop, Strictness, Target, Tolerance};
use crate::scan::pattern;
use crate::scan::session::PatternAnswer;
use crate::system::control::Cancel;

/// A question that is near to the one that was asked.
struct Variant {
    need: Pattern,
    /// What is different, as the end of `N matches …`.
    says: String,
}

/// What an empty answer may come from.
pub(super) fn miss(
    asked: &Matches,
    found: &PatternAnswer,
    workspace: &Workspace,
    cancel: &Cancel,
) -> Result<String, Fault> {
    let matched: usize = found.files.iter().map(|file| file.matches.count).sum();
    if matched > 0 {
        let what = if matched == 1 { "1 match does not pass" } else { "no match passes" };
        return Ok(format!("{what} the filters on what metavariables take"));
    }
    let mut text = nothing(asked, &cover::files(found.cover.scanned));
    let open = workspace.take_unexplained();
    let near = open.iter().filter(|need| !matches!(need.target, Target::Entity(_)));
    let near = near.flat_map(variants).map(|variant| variant.need);
    let variants = variants(&asked.need);
    workspace
        .probe(near.chain(variants.iter().map(|variant| variant.need.clone())).collect(), cancel)?;
    let mut told = 0;
    for variant in &variants {
        // What is no pattern with the change, or lies outside of the run, is no remedy.
        let Ok(found) = workspace.matches(&variant.need, cancel) else { continue };
        let count: usize = found.files.iter().map(|file| file.matches.count).sum();
        if count > 0 && told < MOST_TOLD {
            let (one, many) = ("match", "matches");
            let what = if count == 1 { one } else { many };
            text += &format!("; {count} {what} {}", variant.says);
            told += 1;
        }
    }
    if told == 0 {
        text += hint(asked);
    }
    Ok(text)
}

/// Most changes that are named.
const MOST_TOLD: usize = 3;

fn nothing(asked: &Matches, files: &str) -> String {
    let need = &asked.need;
    if need.relations.is_empty() {
        return format!("the pattern matches nothing in {files}");
    }
    let mut text = format!("no match of the pattern in {files} stands as the relations want");
    let near = need
        .relations
        .iter()
        .filter(|relation| matches!(relation.stop, Stop::Neighbor | Stop::Widened));
    for relation in near {
        text += match relation.side {
            Side::Inside => "; `inside` looks at the parent only, `inside.stopBy=end` further",
            Side::Has => "; `has` looks at the children only, `has.stopBy=end` further",
            Side::Precedes | Side::Follows => {
                "; `precedes` and `follows` look beside the node itself, which its statement stands around: `pattern.tolerant=true` looks beside the statement"
            }
        };
    }
    text
}

/// What to say where no change helps.
fn hint(asked: &Matches) -> &'static str {
    match asked.need.target {
        Target::Code(_) if asked.need.relations.is_empty() => {
            "; `$X` stands for one node, `$$$X` for any number of them"
        }
        _ => "",
    }
}

/// The same question with one thing changed.
fn variants(need: &Pattern) -> Vec<Variant> {
    let mut found = Vec::new();
    let mut add = |need: Pattern, says: &str| found.push(Variant { need, says: says.to_owned() });
    if need.has_conditions() && !matches!(need.target, Target::Any) {
        let bare = Pattern::of(need.target.clone(), need.scope.clone());
        add(bare, "of the pattern alone");
    }
    let wide = Scope { around: need.scope.around.clone(), ..Scope::default() };
    if need.scope != wide {
        let is_lang = need.scope == Scope { lang: need.scope.lang, ..wide.clone() };
        let says = if is_lang { "in another language" } else { "outside of what was asked for" };
        add(Pattern { scope: wide, ..need.clone() }, says);
    }
    if let Target::Code(code) = &need.target {
        let with = |code| Pattern { target: Target::Code(code), ..need.clone() };
        if let Some(text) = with_any_arguments(&code.text) {
            let code = crate::facts::needs::Code { text: text.as_str().into(), ..code.clone() };
            add(with(code), &format!("of `{text}`"));
        }
        if !matches!(code.strictness, Strictness::Relaxed | Strictness::Signature) {
            let code =
                crate::facts::needs::Code { strictness: Strictness::Relaxed, ..code.clone() };
            add(with(code), "with `pattern.strictness=relaxed`");
        }
    }
    if need.tolerance == Tolerance::AstGrep && !matches!(need.target, Target::Entity(_)) {
        let tolerant = Pattern { tolerance: Tolerance::Tolerant, ..need.clone() };
        add(tolerant, "with `pattern.tolerant=true`");
    }
    found.retain(|variant| is_pattern(&variant.need));
    found
}

/// Whether it can be asked in some language.
fn is_pattern(need: &Pattern) -> bool {
    !pattern::compile(need, Lang::Auto).rules.is_empty()
}

/// The pattern with any number of arguments: of the first brackets that hold metavariables alone.
fn with_any_arguments(text: &Arc<str>) -> Option<String> {
    let mut from = 0;
    while let Some(open) = text[from..].find('(').map(|at| from + at) {
        let close = open + text[open..].find(')')?;
        let inside = &text[open + 1..close];
        let is_variable = |part: &str| {
            let name = part.trim().strip_prefix('$');
            name.is_some_and(|name| {
                !name.starts_with('$')
                    && !name.is_empty()
                    && name
                        .chars()
                        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            })
        };
        if inside.trim().is_empty() || inside.split(',').all(is_variable) {
            return Some(format!("{}($$$ARGS){}", &text[..open], &text[close + 1..]));
        }
        from = open + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::with_any_arguments;

    #[test]
    fn brackets_of_metavariables_may_hold_anything() {
        let of = |text: &str| with_any_arguments(&text.into());
        assert_eq!(of("f($X)").as_deref(), Some("f($$$ARGS)"));
        assert_eq!(of("a.f($X, $Y_1).g()").as_deref(), Some("a.f($$$ARGS).g()"));
        assert_eq!(of("f(1).g($X)").as_deref(), Some("f(1).g($$$ARGS)"));
        assert_eq!(of("f()").as_deref(), Some("f($$$ARGS)"));
        assert_eq!(of("f($$$X)"), None);
        assert_eq!(of("f($X"), None);
    }
}
