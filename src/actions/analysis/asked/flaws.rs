//! What is wrong with what is asked, each flaw at its place in the query, found before anything runs.

use super::{node_kind, search, text_of};
use crate::action::{Args, Problem};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{is_slip, near};
use crate::facts::Language;
use crate::facts::needs::{Case, Lang, Scope};
use crate::query::ir::{self, Body, Filter, Flaw, Value as Text};
use crate::query::{self};
use crate::scan::pattern::{self, Part, Piece, need};

/// What is wrong with what is asked, each flaw at its place in the query, with the text it is in.
pub(super) fn of_body(body: &Body, lang: Lang) -> Vec<(Part, Flaw)> {
    let scope = Scope { lang, ..Scope::default() };
    let need = match body {
        Body::Search(text) => {
            let flaw = search::Asked::new(text, None, Case::Exact, scope, None).flaw();
            return flaw.map(|flaw| (Part::Base, flaw)).into_iter().collect();
        }
        Body::Pattern(asked) => Some(need::of_pattern(asked, scope)),
        Body::Entity(asked) => need::of_entity(asked, node_kind(asked.word, false), &scope),
    };
    let Some(conditions) = body.conditions() else { return Vec::new() };
    let compiled = need.map(|need| pattern::compile(&need, lang));
    let mut flaws: Vec<(Part, Flaw)> = compiled
        .iter()
        .flat_map(pattern::Compiled::flaws)
        .map(|(part, flaw)| (part, placed(flaw, part, body)))
        .collect();
    let rules = compiled.as_ref().map_or(&[][..], |compiled| &compiled.rules);
    let known =
        |name: &str| rules.iter().any(|rule| rule.variables.iter().any(|v| &*v.name == name));
    if !rules.is_empty() || compiled.is_none() {
        let strange = conditions.filters.iter().filter(|filter| !known(&filter.variable));
        flaws.extend(strange.map(|filter| (Part::Base, strange_filter(filter, body))));
    }
    let relations = conditions.relations.iter().enumerate();
    flaws.extend(relations.filter_map(|(index, relation)| {
        Some((Part::Relation(index, Piece::Stop), strange_stop(relation)?))
    }));
    let of_rule = conditions.nth_child.as_ref().and_then(|nth| nth.of.as_ref());
    let strange = of_rule.and_then(|of| strange_kind(of, lang));
    flaws.extend(strange.map(|flaw| (Part::OfRule, flaw)));
    flaws
}

/// A pattern to stop at that is a word of its own, but for a slip.
fn strange_stop(relation: &ir::Relation) -> Option<Flaw> {
    let ir::Stop::At(code) = &relation.stop else { return None };
    let word = ["neighbor", "end"].into_iter().find(|word| is_slip(&code.text, word))?;
    let message = format!("`{}` is taken for a pattern to stop at", code.text);
    let flaw = Flaw::warning(codes::QUERY_VALUE, code.range.clone(), message);
    Some(flaw.help(format!("did you mean `{word}`?")))
}

/// A pattern of siblings that count, which is a kind of nodes, but for a slip.
fn strange_kind(of: &Text, lang: Lang) -> Option<Flaw> {
    let is_kind_like = |c: char| c.is_ascii_lowercase() || c == '_';
    if !of.text.contains('_') || !of.text.chars().all(is_kind_like) {
        return None;
    }
    let languages = Language::ALL.into_iter().filter(|language| language.is_in(lang));
    let kinds: Vec<&str> = languages.flat_map(pattern::kinds).collect();
    if kinds.contains(&&*of.text) {
        return None;
    }
    let kind = near(&of.text, kinds).into_iter().find(|kind| is_slip(&of.text, kind))?;
    let message = format!("`{}` is taken for a pattern of the siblings that count", of.text);
    let flaw = Flaw::warning(codes::QUERY_VALUE, of.range.clone(), message);
    Some(flaw.help(format!("did you mean the node kind `{kind}`?")))
}

fn strange_filter(filter: &Filter, body: &Body) -> Flaw {
    let has_more = body.conditions().is_some_and(ir::Conditions::needs_nodes);
    let whose = match body {
        Body::Entity(_) if !has_more => "an entity without patterns beside it has no",
        Body::Entity(_) => "none of the patterns beside the entity has a",
        _ if !has_more => "the pattern has no",
        _ => "neither the pattern nor what is asked beside it has a",
    };
    let message = format!("{whose} metavariable `${}`", filter.variable);
    Flaw::error(codes::FILTER_VARIABLE, filter.range.clone(), message)
}

/// Moves a flaw of one text to its place in the query.
fn placed(flaw: Flaw, part: Part, body: &Body) -> Flaw {
    match (part, body) {
        (Part::Base, Body::Pattern(asked)) => match &asked.code {
            Some(code) => in_code(flaw, code),
            None => flaw,
        },
        (Part::Base, _) if flaw.code == codes::MATCHES_NOTHING => {
            let conditions = body.conditions().map(|conditions| &conditions.composites);
            let first = conditions.and_then(|composites| composites.first()?.patterns.first());
            Flaw { range: first.map_or(flaw.range, |first| first.range.clone()), ..flaw }
        }
        (Part::Base, _) => flaw,
        _ => match body.conditions().and_then(|conditions| text_of_part(conditions, part)) {
            Some(text) => flaw.inside(text),
            None => flaw,
        },
    }
}

fn in_code(flaw: Flaw, code: &ir::Code) -> Flaw {
    match &code.selector {
        Some(selector)
            if flaw.code == codes::SELECTOR_UNKNOWN || flaw.code == codes::SELECTOR_ABSENT =>
        {
            Flaw { range: selector.range.clone(), ..flaw }
        }
        _ if flaw.code == codes::MATCHES_NOTHING => Flaw { range: code.text.range.clone(), ..flaw },
        _ => flaw.inside(&code.text),
    }
}

fn text_of_part(conditions: &ir::Conditions, part: Part) -> Option<&Text> {
    let (index, piece) = match part {
        Part::Base => return None,
        Part::OfRule => return conditions.nth_child.as_ref()?.of.as_ref(),
        Part::Composite(index, item) => {
            return conditions.composites.get(index)?.patterns.get(item);
        }
        Part::Relation(index, piece) => (index, piece),
    };
    let relation = conditions.relations.get(index)?;
    match (piece, &relation.stop) {
        (Piece::Pattern, _) => Some(&relation.code),
        (Piece::Stop, ir::Stop::At(code)) => Some(code),
        (Piece::Stop, _) => None,
        (Piece::Field, _) => relation.field.as_ref(),
    }
}

fn lang(query: Option<&str>, args: &Args) -> Lang {
    query.or(args.maybe_text("lang")).and_then(Lang::parse).unwrap_or_default()
}

/// What is wrong with a query.
pub(in crate::actions::analysis) fn query_problems(text: &str, args: &Args) -> Vec<Problem> {
    match query::parse(text) {
        Err(flaws) => flaws.into_iter().map(problem).collect(),
        Ok(query) => of_body(&query.body, lang(query.scope.lang.as_deref(), args))
            .into_iter()
            .map(|(_, flaw)| problem(flaw))
            .collect(),
    }
}

/// What is wrong with the value of a key, as far as it can be said without those that stand beside it.
pub(in crate::actions::analysis) fn value_problems(
    key: &str,
    text: &str,
    _: &Args,
) -> Vec<Problem> {
    query::flaws_of(key, text).into_iter().map(problem).collect()
}

/// What is wrong with a pattern, whose selector and strictness are other arguments.
pub(in crate::actions::analysis) fn pattern_problems(
    key: &str,
    text: &str,
    args: &Args,
) -> Vec<Problem> {
    let beside = ["pattern.selector", "pattern.strictness", "pattern.tolerant"];
    part_problems(beside.into_iter(), key, text, args, &|part, _| part == Part::Base)
}

/// What is wrong with a composite, or with `nthChild.ofRule`.
pub(in crate::actions::analysis) fn composite_problems(
    key: &str,
    text: &str,
    args: &Args,
) -> Vec<Problem> {
    let beside = ["entity", "pattern", "pattern.context", "pattern.selector", "nthChild"];
    let others = ["all", "any"].into_iter().filter(|other| *other != key && key == "not");
    part_problems(beside.into_iter().chain(others), key, text, args, &|part, conditions| {
        let op = |index: usize| conditions.composites.get(index).map(|composite| composite.op);
        match part {
            Part::Composite(index, _) => op(index).is_some_and(|op| op.name() == key),
            Part::OfRule => key == "nthChild.ofRule",
            _ => false,
        }
    })
}

/// What is wrong with a text of a relation; heads of declarations are taken beside an entity only.
pub(in crate::actions::analysis) fn relation_problems(
    key: &str,
    text: &str,
    args: &Args,
) -> Vec<Problem> {
    let (side, piece) = key.split_once('.').unwrap_or((key, ""));
    let piece = match piece {
        "stopBy" => Piece::Stop,
        "field" => Piece::Field,
        _ => Piece::Pattern,
    };
    let beside = [
        "entity",
        "pattern",
        "pattern.context",
        "pattern.selector",
        "pattern.tolerant",
        "any",
        "all",
    ];
    let beside = beside.into_iter().chain((piece != Piece::Pattern).then_some(side));
    part_problems(
        beside,
        key,
        text,
        args,
        &|part, _| matches!(part, Part::Relation(_, of) if of == piece),
    )
}

fn part_problems<'k>(
    beside: impl Iterator<Item = &'k str>,
    key: &'k str,
    text: &str,
    args: &Args,
    is_meant: &dyn Fn(Part, &ir::Conditions) -> bool,
) -> Vec<Problem> {
    let wrong = value_problems(key, text, args);
    if !wrong.is_empty() {
        return wrong;
    }
    let others: Vec<(&str, String)> =
        beside.filter_map(|other| Some((other, text_of(args, other)?))).collect();
    let others = others.iter().map(|(key, text)| (*key, text.as_str()));
    // What is wrong beside it is said there; and what is computed is not known yet.
    let Ok(query) = query::of_arguments(others.chain([(key, text)])) else { return Vec::new() };
    let Some(conditions) = query.body.conditions() else { return Vec::new() };
    let found = of_body(&query.body, lang(None, args)).into_iter();
    found.filter(|(part, _)| is_meant(*part, conditions)).map(|(_, flaw)| problem(flaw)).collect()
}

/// A flaw as the contract of actions has it.
pub(in crate::actions::analysis) fn problem(flaw: Flaw) -> Problem {
    let Flaw { range, severity, code, message, help, fix } = flaw;
    Problem { range, severity, code, message, help, fix }
}
