//! Queries as they are read, and everything that is wrong with those that cannot be.

use proptest::prelude::*;

use super::super::ir::{Body, Name, Side, Stop, Wanted};
use super::*;
use crate::query::ir::{Op, Verb};

fn codes_of(text: &str) -> Vec<crate::diagnostic::Code> {
    parse(text).unwrap_err().into_iter().map(|flaw| flaw.code).collect()
}

#[test]
fn a_query_is_read_whole() {
    let query = parse("pattern='f($X)' in=src exclude=a/**,b lang=rust limit=3 $X!=~^_").unwrap();
    assert_eq!(query.scope.within.as_deref(), Some("src"));
    assert_eq!(query.scope.exclude, ["a/**", "b"]);
    assert_eq!((query.scope.lang.as_deref(), query.limit), (Some("rust"), Some(3)));
    let Body::Pattern(pattern) = query.body else { panic!("a pattern") };
    assert_eq!(&*pattern.code.unwrap().text.text, "f($X)");
    let filter = &pattern.conditions.filters[0];
    assert_eq!((&*filter.variable, filter.wanted), ("X", Wanted::NoMatch));
}

#[test]
fn globs_are_split_and_judged_as_arguments_are() {
    let query = parse("pattern=f globs='src/{a,b}/**, c'").unwrap();
    assert_eq!(query.scope.globs, ["src/{a,b}/**", "c"]);
    let flaws = parse("pattern=f exclude='a, [x'").unwrap_err();
    assert_eq!((flaws[0].code, flaws[0].range.clone()), (codes::GLOB, 22..24));
    assert_eq!(codes_of(r"pattern=f($X) $X=~'\w{1000}{100}'"), [codes::SEARCH_REGEX]);
}

#[test]
fn every_flaw_of_a_query_is_reported() {
    let text = "patern=x entity=decoratr lang=pyton limit=-1 in=a in=b $X=y $Y=~[";
    let expected = [
        codes::QUERY_KEY,
        codes::QUERY_VALUE,
        codes::QUERY_VALUE,
        codes::QUERY_VALUE,
        codes::QUERY_TWICE,
        codes::QUERY_VALUE,
        codes::SEARCH_REGEX,
    ];
    assert_eq!(codes_of(text), expected);
}

#[test]
fn an_entity_has_a_name_and_relations() {
    let text = "entity=method name=get_* inside='class A' inside.stopBy=end has=f($X) follows=a \
                follows.stopBy='b()' has.field=body";
    let Body::Entity(entity) = parse(text).unwrap().body else { panic!("an entity") };
    assert_eq!(entity.word, "method");
    let name = entity.name.unwrap();
    assert!(name.matches("get_x") && !name.matches("xget_"));
    let shown: Vec<_> = entity
        .conditions
        .relations
        .iter()
        .map(|r| (r.side, &*r.code.text, r.field.as_ref().map(|field| &*field.text)))
        .collect();
    let expected = [
        (Side::Inside, "class A", None),
        (Side::Has, "f($X)", Some("body")),
        (Side::Follows, "a", None),
    ];
    assert_eq!(shown, expected);
    assert_eq!(entity.conditions.relations[0].stop, Stop::End);
    assert!(matches!(&entity.conditions.relations[2].stop, Stop::At(at) if &*at.text == "b()"));
}

#[test]
fn names_are_exact_globs_or_expressions() {
    let name = |text: &str| match parse(text).unwrap().body {
        Body::Entity(entity) => entity.name.unwrap(),
        _ => panic!("an entity"),
    };
    assert_eq!(name("entity=class name=Base"), Name::Exact("Base".into()));
    for text in ["entity=class name=~^Base", "entity=class name='~^Base'"] {
        assert!(name(text).matches("BaseX") && !name(text).matches("XBase"), "{text}");
    }
    assert_eq!(codes_of("entity=class name=~("), [codes::SEARCH_REGEX]);
    assert_eq!(codes_of("entity=class name='[x'"), [codes::GLOB]);
    assert_eq!(codes_of("entity=class name!=~x"), [codes::QUERY_VALUE]);
}

#[test]
fn parts_need_what_they_are_parts_of() {
    let cases = [
        ("name=f", vec![codes::QUERY_PART]),
        ("pattern=f name=f", vec![codes::QUERY_PART]),
        ("pattern=f inside.stopBy=end", vec![codes::QUERY_PART]),
        ("entity=class pattern.strictness=ast", vec![codes::QUERY_PART]),
        ("entity=class pattern=f", vec![codes::TWO_WAYS]),
        ("inside='class A'", vec![codes::QUERY_EMPTY]),
        ("pattern=f precedes=g precedes.field=body", vec![codes::SIBLING_FIELD]),
        ("pattern=f inside=g stopBy=end", vec![codes::QUERY_KEY]),
        ("pattern=f inside=g field=body", vec![codes::QUERY_KEY]),
        ("pattern=f inside=g inside.stop=end", vec![codes::QUERY_KEY]),
        ("entity=clas", vec![codes::QUERY_VALUE]),
        ("entity=class used_by=function:f", vec![codes::NOT_YET]),
        ("entity=class expand=callers(depth=2)", vec![codes::NOT_YET]),
        ("entity=class expand=callers(depth=0)", vec![codes::QUERY_VALUE]),
        ("entity=class expand=imports(depth=2)", vec![codes::QUERY_VALUE]),
        ("entity=class fields=def,callees", vec![codes::NOT_YET]),
        ("not=f", vec![codes::QUERY_PART]),
        ("nthChild=1", vec![codes::QUERY_PART]),
        ("pattern=f nthChild=0", vec![codes::QUERY_VALUE]),
        ("pattern=f nthChild.reverse=true", vec![codes::QUERY_PART]),
        ("pattern=f not='a, b'", vec![codes::QUERY_VALUE]),
        ("pattern=f all='a,,b'", vec![codes::PATTERN_EMPTY]),
        ("pattern=f scope=closure", vec![codes::QUERY_PART]),
        ("entity=class scope=closure", vec![codes::QUERY_PART]),
        ("entity=function scope=closed", vec![codes::QUERY_VALUE]),
        ("entity=callsite decorated_by=f", vec![codes::QUERY_PART]),
        ("entity=function defines=class", vec![codes::QUERY_PART]),
        ("entity=module defines=class:", vec![codes::QUERY_VALUE]),
        ("entity=module defines=main", vec![codes::QUERY_VALUE]),
        ("entity=module exports=method", vec![codes::QUERY_VALUE]),
        ("entity=module exports=callsite:f", vec![codes::QUERY_VALUE]),
        ("entity=module exports=argument", vec![codes::QUERY_VALUE]),
        ("entity=class pattern.tolerant=true", vec![codes::QUERY_PART]),
        ("entity=class all=f pattern.tolerant=true", vec![codes::QUERY_PART]),
        ("entity=class expand=scope", vec![codes::QUERY_PART]),
        ("entity=callsite expand=imports,scope", vec![codes::QUERY_PART]),
        ("entity=class has_cells=maybe", vec![codes::QUERY_VALUE, codes::QUERY_PART]),
    ];
    for (text, expected) in cases {
        assert_eq!(codes_of(text), expected, "{text}");
    }
}

#[test]
fn conditions_are_read_beside_a_pattern_and_beside_an_entity() {
    let text = "all='f($A), g' any=\"'x, y', z\" not=h nthChild=2n+1 nthChild.reverse=true nthChild.ofRule=call";
    for base in ["pattern=p ", "entity=class ", ""] {
        let query = parse(&format!("{base}{text}")).unwrap();
        let conditions = query.body.conditions().unwrap();
        let shown: Vec<(Op, Vec<&str>)> = conditions
            .composites
            .iter()
            .map(|c| (c.op, c.patterns.iter().map(|p| &*p.text).collect()))
            .collect();
        let expected =
            [(Op::All, vec!["f($A)", "g"]), (Op::Any, vec!["x, y", "z"]), (Op::Not, vec!["h"])];
        assert_eq!(shown, expected, "{base}");
        let nth = conditions.nth_child.as_ref().unwrap();
        assert_eq!((&*nth.position.text, nth.is_reverse), ("2n+1", true));
        assert_eq!(nth.of.as_ref().map(|of| &*of.text), Some("call"));
    }
}

#[test]
fn entities_are_sifted_by_facts() {
    let text = "entity=function scope=closure captures=x has_cells=true decorated_by=~^functools decorator_count_min=1 \
                decorator_count_max=2 expand=scope,imports fields=def,decorators why=true";
    let query = parse(text).unwrap();
    assert!(query.why);
    let Body::Entity(entity) = query.body else { panic!("an entity") };
    assert_eq!(entity.facts.scope, Some(ScopeIs::Closure));
    assert_eq!(entity.facts.captures.as_deref(), Some("x"));
    assert!(
        entity.facts.has_cells == Some(true)
            && entity.facts.decorated_by.unwrap().matches("functools.wraps")
    );
    assert_eq!((entity.facts.fewest_decorators, entity.facts.most_decorators), (Some(1), Some(2)));
    let query = parse("entity=module defines=class:Base* exports=function").unwrap();
    let Body::Entity(entity) = query.body else { panic!("an entity") };
    let joins: Vec<(Verb, &str)> = entity.facts.joins.iter().map(|j| (j.verb, j.word)).collect();
    assert_eq!(joins, [(Verb::Defines, "class"), (Verb::Exports, "function")]);
}

#[test]
fn plain_texts_are_searches_and_loose_keys_are_not() {
    assert_eq!(parse(" hello world ").unwrap().body, Body::Search("hello world".into()));
    assert_eq!(codes_of("entity = function"), [codes::QUERY_LEFT_OVER]);
    assert_eq!(codes_of("entity==function"), [codes::QUERY_LEFT_OVER]);
    assert_eq!(parse("entity==x").unwrap().body, Body::Search("entity==x".into()));
    assert_eq!(codes_of("  "), [codes::QUERY_EMPTY]);
    assert_eq!(codes_of("in=src"), [codes::QUERY_EMPTY]);
    assert_eq!(codes_of("pattern=f pattern.context=g"), [codes::TWO_WAYS]);
}

proptest! {
    #[test]
    fn any_text_is_answered_with_places_inside_it(text in "[ a-z$=~!'\"\\\\.µ]{0,40}") {
        if let Err(flaws) = parse(&text) {
            for flaw in flaws {
                prop_assert!(text.get(flaw.range.clone()).is_some(), "{:?} in {text:?}", flaw);
            }
        }
    }
}
