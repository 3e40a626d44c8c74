//! Why a pattern found nothing: the same question with one thing changed is asked, and what it finds is named. That is one
//! more scan, for all patterns that have found nothing by then, which only an empty answer costs.

use std::sync::Arc;

use super::asked::Matches;
use super::cover;
use super::matches::Shaper;
use super::workspace::Workspace;
use crate::diagnostic::Fault;
use crate::facts::needs::{
    Lang, Pattern, Relation, Scope, Side, Stop, Strictness, Target, Tolerance,
};
use crate::query::ir::Filter;
use crate::scan::pattern;
use crate::scan::session::PatternAnswer;
use crate::system::control::Cancel;

/// A question that is near to the one that was asked.
struct Variant<'a> {
    need: Pattern,
    /// What the texts of its metavariables must be.
    filters: &'a [Filter],
    /// What is different, as the end of `N matches …`.
    says: String,
}

impl Variant<'_> {
    /// How many matches there are. None where that is not known: what is no pattern with the change, or lies outside of
    /// the run, is no remedy.
    fn count(&self, workspace: &Workspace, cancel: &Cancel) -> Option<usize> {
        let found = workspace.matches(&self.need, cancel).ok()?;
        let mut passing = Shaper::new(&found, self.filters, Some(0));
        found.files.iter().for_each(|file| passing.file(file));
        (passing.count > 0 || given_up(&found).is_none()).then_some(passing.count)
    }
}

/// What the pattern is called without anything that is asked beside it.
const ALONE: &str = "of the pattern alone";

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
    let open = workspace.take_unexplained();
    let near = open.iter().filter(|need| !matches!(need.target, Target::Entity(_)));
    let near = near.flat_map(|need| variants(need, &[])).map(|variant| variant.need);
    let variants = variants(&asked.need, &asked.filters);
    workspace
        .probe(near.chain(variants.iter().map(|variant| variant.need.clone())).collect(), cancel)?;
    let counted: Vec<(&Variant<'_>, Option<usize>)> =
        variants.iter().map(|variant| (variant, variant.count(workspace, cancel))).collect();
    let is_nowhere =
        counted.iter().any(|(variant, count)| variant.says == ALONE && *count == Some(0));
    let gave_up = given_up(found);
    let mut text = match &gave_up {
        Some(text) => text.clone(),
        None => nothing(&asked.need, is_nowhere, &cover::files(found.cover.scanned)),
    };
    let near = counted.iter().filter_map(|(variant, count)| {
        count.filter(|count| *count > 0).map(|count| (&variant.says, count))
    });
    let near: Vec<(&String, usize)> = near.take(MOST_TOLD).collect();
    for (says, count) in &near {
        text += &format!("; {count} {} {says}", if *count == 1 { "match" } else { "matches" });
    }
    if near.is_empty() && gave_up.is_none() {
        text += hint(asked);
    }
    Ok(text)
}

/// That some files were not looked through to the end, if so.
fn given_up(found: &PatternAnswer) -> Option<String> {
    let reasons = found.files.iter().filter_map(|file| file.matches.refused);
    let reason = reasons.clone().next()?.reason();
    let count = reasons.count();
    let (files, are) = (cover::files(count), if count == 1 { "is" } else { "are" });
    let text = format!("the pattern was given up in {files}, which {are} {reason}");
    Some(match found.cover.scanned.saturating_sub(count) {
        0 => text,
        others => format!("{text}; it matches nothing in {} beside", cover::files(others)),
    })
}

/// Most changes that are named.
const MOST_TOLD: usize = 3;

/// That nothing was found, where the pattern alone `is_nowhere` or is not known to be.
fn nothing(need: &Pattern, is_nowhere: bool, files: &str) -> String {
    if need.relations.is_empty() {
        return format!("the pattern matches nothing in {files}");
    }
    if is_nowhere {
        return format!("the pattern matches nothing in {files}, whatever stands around it");
    }
    let text = format!("no match of the pattern in {files} stands as the relations want");
    let nearness = need.relations.iter().map(|relation| nearness(relation, need.tolerance));
    std::iter::once(text.as_str()).chain(nearness).collect()
}

/// That a relation looks no further than the next node, where that is so.
fn nearness(relation: &Relation, tolerance: Tolerance) -> &'static str {
    match (relation.side, &relation.stop, tolerance) {
        (_, Stop::End | Stop::At(_), _) | (_, Stop::Widened, Tolerance::Tolerant) => "",
        (Side::Inside, ..) => "; `inside` looks at the parent only, `inside.stopBy=end` further",
        (Side::Has, ..) => "; `has` looks at the children only, `has.stopBy=end` further",
        (Side::Precedes, _, Tolerance::Tolerant) => {
            "; `precedes` looks at the next statement only, `precedes.stopBy=end` further"
        }
        (Side::Follows, _, Tolerance::Tolerant) => {
            "; `follows` looks at the statement in front only, `follows.stopBy=end` further"
        }
        (Side::Precedes | Side::Follows, ..) => {
            "; `precedes` and `follows` look beside the node itself, which its statement stands around: `pattern.tolerant=true` looks beside the statement"
        }
    }
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
fn variants<'a>(need: &Pattern, filters: &'a [Filter]) -> Vec<Variant<'a>> {
    let mut found = Vec::new();
    if need.has_conditions() && !matches!(need.target, Target::Any) {
        let bare = Pattern {
            tolerance: need.tolerance,
            ..Pattern::of(need.target.clone(), need.scope.clone())
        };
        found.push(Variant { need: bare, filters: &[], says: ALONE.to_owned() });
    }
    let mut add =
        |need: Pattern, says: &str| found.push(Variant { need, filters, says: says.to_owned() });
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
