//! The TextMate grammar beside the lexer: a small engine for such grammars cuts every plan line by line, and each token
//! must have a scope of its class.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use fancy_regex::Regex;
use qplan::source::SourceId;
use qplan::syntax::class::{Class, classes, words};
use qplan::syntax::{parse, print};

use serde_json::Value;

use super::{accepted, good_plans, plans};

const TEXT: &str = include_str!("../../../grammar/qplan.tmLanguage.json");

/// An expression; one that begins with `\G` matches only where the region at hand began.
struct Pattern {
    regex: Regex,
    anchored: bool,
}

/// A rule, whether it ends the region at hand, and its expression.
type Tried<'g> = (usize, bool, &'g Pattern);

/// What each group of a match took; the whole first.
type Groups = Vec<Option<Range<usize>>>;

/// Scopes by group.
type Scopes = Vec<(usize, String)>;

enum Rule {
    Match {
        pattern: Pattern,
        scopes: Scopes,
    },
    Region {
        begin: Pattern,
        end: Pattern,
        name: Option<String>,
        heads: Scopes,
        tails: Scopes,
        inner: Vec<usize>,
    },
    Group(Vec<usize>),
    Include(String),
}

#[derive(Default)]
struct Grammar {
    rules: Vec<Rule>,
    named: HashMap<String, usize>,
}

impl Grammar {
    fn load() -> (Self, Vec<usize>) {
        let json: Value = serde_json::from_str(TEXT).expect("the grammar is JSON");
        let mut grammar = Self::default();
        for (name, rule) in json["repository"].as_object().expect("there are rules") {
            let rule = grammar.rule(rule);
            grammar.named.insert(name.clone(), rule);
        }
        let top = grammar.patterns(&json);
        (grammar, top)
    }

    fn patterns(&mut self, json: &Value) -> Vec<usize> {
        json["patterns"].as_array().into_iter().flatten().map(|rule| self.rule(rule)).collect()
    }

    fn rule(&mut self, json: &Value) -> usize {
        let name = json["name"].as_str().map(str::to_owned);
        let rule = if let Some(included) = json["include"].as_str() {
            Rule::Include(included.trim_start_matches('#').to_owned())
        } else if json["match"].is_string() {
            let whole = name.map(|name| (0, name));
            let scopes = whole.into_iter().chain(scopes(&json["captures"])).collect();
            Rule::Match { pattern: pattern(&json["match"]), scopes }
        } else if json["begin"].is_string() {
            Rule::Region {
                begin: pattern(&json["begin"]),
                end: pattern(&json["end"]),
                name,
                heads: scopes(&json["beginCaptures"]),
                tails: scopes(&json["endCaptures"]),
                inner: self.patterns(json),
            }
        } else {
            Rule::Group(self.patterns(json))
        };
        self.rules.push(rule);
        self.rules.len() - 1
    }

    /// The rules to be tried, groups and inclusions resolved.
    fn flat(&self, rules: &[usize], out: &mut Vec<usize>) {
        for &rule in rules {
            match &self.rules[rule] {
                Rule::Group(inner) => self.flat(inner, out),
                Rule::Include(name) => self.flat(&[self.named[name]], out),
                _ => out.push(rule),
            }
        }
    }
}

fn pattern(json: &Value) -> Pattern {
    let text = json.as_str().expect("an expression");
    let plain = text.strip_prefix("\\G").unwrap_or(text);
    let regex = Regex::new(plain).unwrap_or_else(|error| panic!("{text}: {error}"));
    Pattern { regex, anchored: plain.len() < text.len() }
}

fn scopes(json: &Value) -> Scopes {
    let groups = json.as_object().into_iter().flatten();
    groups
        .map(|(group, scope)| {
            let name = scope["name"].as_str().expect("a group has a scope");
            (group.parse().expect("a group is a number"), name.to_owned())
        })
        .collect()
}

/// The scope of each byte, the innermost that is not only `meta`.
struct Cutter<'g> {
    grammar: &'g Grammar,
    top: &'g [usize],
    /// Open regions.
    stack: Vec<usize>,
    scopes: Vec<&'g str>,
    /// What each expression matches next in the line at hand, if it was tried: two for each rule, the second its end.
    found: Vec<Option<Option<Groups>>>,
    /// What is tried in each region.
    tried: HashMap<Option<usize>, Rc<[Tried<'g>]>>,
}

impl<'g> Cutter<'g> {
    fn paint(&mut self, range: Range<usize>, scope: &'g str) {
        if !scope.starts_with("meta.") {
            self.scopes[range].fill(scope);
        }
    }

    /// The scope of text that no rule takes.
    fn around(&self) -> &'g str {
        let names = self.stack.iter().rev().filter_map(|&rule| match &self.grammar.rules[rule] {
            Rule::Region { name, .. } => name.as_deref(),
            _ => None,
        });
        names.into_iter().next().unwrap_or("")
    }

    fn paint_groups(&mut self, offset: usize, groups: &Groups, scopes: &'g Scopes) {
        for (group, scope) in scopes {
            if let Some(Some(found)) = groups.get(*group) {
                self.paint(offset + found.start..offset + found.end, scope);
            }
        }
    }

    fn line(&mut self, offset: usize, line: &str) {
        self.found.fill(None);
        let (mut at, mut anchor) = (0, None);
        for _ in 0..line.len() * 4 + 20 {
            let Some((rule, ends, groups)) = self.next(line, at, anchor) else {
                let around = self.around();
                return self.paint(offset + at..offset + line.len(), around);
            };
            let found = whole(&groups);
            let around = self.around();
            self.paint(offset + at..offset + found.start, around);
            at = found.end;
            anchor = None;
            match &self.grammar.rules[rule] {
                Rule::Region { name, tails, .. } if ends => {
                    self.paint(offset + found.start..offset + at, name.as_deref().unwrap_or(""));
                    self.paint_groups(offset, &groups, tails);
                    self.stack.pop();
                }
                Rule::Region { heads, name, .. } => {
                    self.paint(offset + found.start..offset + at, name.as_deref().unwrap_or(""));
                    self.paint_groups(offset, &groups, heads);
                    self.stack.push(rule);
                    anchor = Some(at);
                }
                Rule::Match { scopes, .. } => self.paint_groups(offset, &groups, scopes),
                _ => {}
            }
        }
        panic!("the grammar stands still in `{line}`");
    }

    /// The next match: its rule and whether it ends the innermost region; the first of those that begin first.
    fn next(
        &mut self,
        line: &str,
        at: usize,
        anchor: Option<usize>,
    ) -> Option<(usize, bool, Groups)> {
        let open = self.stack.last().copied();
        let tried = match self.tried.get(&open) {
            Some(tried) => Rc::clone(tried),
            None => {
                let tried: Rc<[_]> = self.candidates(open).into();
                self.tried.insert(open, Rc::clone(&tried));
                tried
            }
        };
        let mut best: Option<(usize, bool, Groups)> = None;
        for &(rule, ends, pattern) in &*tried {
            if pattern.anchored && anchor != Some(at) {
                continue;
            }
            let slot = &mut self.found[rule * 2 + usize::from(ends)];
            let fresh = slot.as_ref().is_some_and(|found| {
                !pattern.anchored && found.as_ref().is_none_or(|groups| whole(groups).start >= at)
            });
            if !fresh {
                let found = pattern.regex.captures_from_pos(line, at).expect("the limit is far");
                *slot = Some(found.map(|found| {
                    let groups = found.iter();
                    groups.map(|group| group.map(|group| group.start()..group.end())).collect()
                }));
            }
            let Some(Some(groups)) = slot else { continue };
            let start = whole(groups).start;
            let earlier = best.as_ref().is_none_or(|(_, _, best)| start < whole(best).start);
            if earlier && (!pattern.anchored || start == at) {
                best = Some((rule, ends, groups.clone()));
            }
        }
        best
    }

    /// What may match in the region that is open: the rules, whether they end it, and their expressions.
    fn candidates(&self, open: Option<usize>) -> Vec<Tried<'g>> {
        let (mut tried, mut flat) = (Vec::new(), Vec::new());
        if let Some(open) = open
            && let Rule::Region { end, inner, .. } = &self.grammar.rules[open]
        {
            tried.push((open, true, end));
            self.grammar.flat(inner, &mut flat);
        } else {
            self.grammar.flat(self.top, &mut flat);
        }
        for rule in flat {
            match &self.grammar.rules[rule] {
                Rule::Match { pattern, .. } | Rule::Region { begin: pattern, .. } => {
                    tried.push((rule, false, pattern));
                }
                _ => {}
            }
        }
        tried
    }
}

fn whole(groups: &Groups) -> Range<usize> {
    groups.first().cloned().flatten().expect("the first group is the whole match")
}

/// The scope of each byte of a plan.
fn cut<'g>(grammar: &'g Grammar, top: &'g [usize], text: &str) -> Vec<&'g str> {
    let mut cutter = Cutter {
        grammar,
        top,
        stack: Vec::new(),
        scopes: vec![""; text.len()],
        found: vec![None; grammar.rules.len() * 2],
        tried: HashMap::new(),
    };
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let inside = line.trim_end_matches(['\n', '\r']);
        cutter.line(offset, inside);
        cutter.paint(offset + inside.len()..offset + line.len(), cutter.around());
        offset += line.len();
    }
    cutter.scopes
}

/// Whether a scope is one of the class.
fn fits(class: Class, scope: &str) -> bool {
    let starts: &[&str] = match class {
        Class::Keyword => &["keyword.control"],
        Class::Operator => &["keyword.operator.word"],
        Class::Constant => &["constant.language"],
        Class::Action => &["entity.name.function"],
        Class::Option => &["support.function.option", "variable.other.option"],
        Class::Key => &["variable.parameter"],
        Class::Meta => &["entity.other.attribute-name"],
        Class::Name => &["variable.other", "support.function", "support.type.property-name"],
        Class::Number => &["constant.numeric", "keyword.operator.arithmetic"],
        Class::Duration => &["constant.numeric.duration"],
        Class::Text => &["string.", "constant.character.escape", "punctuation.definition.string"],
        Class::Hole => &["punctuation.section.embedded"],
        Class::Sign => &["punctuation", "keyword.operator"],
    };
    starts.iter().any(|start| scope.starts_with(start))
        && !(class == Class::Name && scope.starts_with("variable.other.option"))
}

/// The tokens whose scope is not one of their class, and how many there are.
fn misfits(rules: &(Grammar, Vec<usize>), text: &str) -> (Vec<String>, usize) {
    let scopes = cut(&rules.0, &rules.1, text);
    let comments = parse(SourceId(0), text).file.comments;
    let comments = comments.iter().map(|comment| (None, comment.span));
    let tokens = classes(SourceId(0), text);
    let tokens = tokens.iter().map(|(class, span)| (Some(*class), *span)).chain(comments);
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (class, span) in tokens {
        count += 1;
        let scope = scopes[span.lo as usize];
        let comment = scope.starts_with("comment");
        if !class.map_or(comment, |class| fits(class, scope)) {
            let line = text[..span.lo as usize].matches('\n').count();
            let shown = text.lines().nth(line).unwrap_or("");
            let token = &text[span.range()];
            wrong.push(format!("{class:?} {token:?} is `{scope}` in line {}: {shown}", line + 1));
        }
    }
    (wrong, count)
}

#[test]
fn each_token_of_every_plan_has_a_scope_of_its_class() {
    let rules = Grammar::load();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (name, text, file) in good_plans() {
        let printed = print(&file);
        for text in [Some(&text), Some(&printed).filter(|printed| **printed != text)] {
            let Some(text) = text else { continue };
            let (misfits, tokens) = misfits(&rules, text);
            count += tokens;
            wrong.extend(misfits.iter().map(|misfit| format!("{name}: {misfit}")));
        }
    }
    assert!(count > 10_000, "only {count} tokens were found");
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn plans_that_are_wrong_are_cut_to_their_end() {
    let (grammar, top) = Grammar::load();
    for (_, text) in plans().into_iter().filter(|(_, text)| accepted(text).is_none()) {
        cut(&grammar, &top, &text);
    }
}

#[test]
fn a_statement_ends_with_its_line_unless_a_sign_or_a_bracket_holds_it() {
    let (grammar, top) = Grammar::load();
    let cases = [
        ("foo a // b,\nbar c\n", Class::Action),
        ("foo a /* b, */\nbar c\n", Class::Action),
        ("step \"a\" { foo } bar b\n", Class::Action),
        ("parallel:\n foo\nend max=1\nbar\n", Class::Action),
        ("print a,\n  bar\n", Class::Name),
        ("foo [a, // b\n  bar]\n", Class::Name),
        ("print \"\"\"\n//\nbar\"\"\"\n", Class::Text),
        ("step id=a\n  bar=b {\n foo\n}\n", Class::Key),
        ("var x = {\n  a: 1,\n  bar: 2\n}\n", Class::Name),
    ];
    for (text, class) in cases {
        let at = text.rfind("bar").expect("each text holds it");
        let scope = cut(&grammar, &top, text)[at];
        assert!(fits(class, scope), "{scope} in {text}");
    }
}

#[test]
fn words_units_and_escapes_are_those_of_the_lexer() {
    let (grammar, top) = Grammar::load();
    let scope = |text: &str, at: &str| {
        let at = text.rfind(at).expect("the text holds it");
        cut(&grammar, &top, text)[at].to_owned()
    };
    let cases = |word: &str| [word.to_owned(), word.to_uppercase()];
    for word in words(Class::Keyword).into_iter().flat_map(cases) {
        assert!(fits(Class::Keyword, &scope(&word, &word)), "{word}");
        assert!(fits(Class::Name, &scope(&format!("print {word}"), &word)), "{word} is reserved");
    }
    for word in words(Class::Operator).into_iter().flat_map(cases) {
        let prefix = word.eq_ignore_ascii_case("not");
        let text = if prefix { format!("print {word} a") } else { format!("print a {word} b") };
        assert!(fits(Class::Operator, &scope(&text, &word)), "{text}");
        assert!(prefix || fits(Class::Name, &scope(&format!("print {word}"), &word)), "{word}");
    }
    for word in words(Class::Constant).into_iter().flat_map(cases) {
        assert!(fits(Class::Constant, &scope(&format!("print {word}"), &word)), "{word}");
        assert!(fits(Class::Name, &scope(&format!("print a.{word}"), &word)), "{word}");
    }
    for unit in ["ms", "s", "m", "h", "d", "S", "min", "us", "e", "x1"] {
        let text = format!("print 1{unit}");
        let found = fits(Class::Duration, &scope(&text, "1"));
        assert_eq!(found, accepted(&text).is_some(), "{text}");
    }
    for escaped in (' '..'\u{17f}')
        .map(String::from)
        .chain(["u0041", "u{e9}", "u{}", "u12"].map(str::to_owned))
    {
        let text = format!("print \"\\{escaped} \"");
        let found = scope(&text, "\\").starts_with("constant.character.escape");
        assert_eq!(found || escaped == "\\", accepted(&text).is_some(), "{text}");
    }
}

#[test]
fn a_brace_of_a_condition_is_an_object() {
    let rules = Grammar::load();
    let conditions = [
        "{a: 1} == o",
        "{\"a\": 1}.a == 1",
        "{'a': 1}[\"a\"] exists",
        "{parallel: 1} == {parallel: 1}",
        "not {a: 1} in o and {b: 2}",
        "x == {a: 1}.b",
    ];
    for condition in conditions {
        let text = format!("if {condition} {{ foo b }} else if {condition} {{ bar c=1 }}\n");
        assert!(accepted(&text).is_some(), "{text}");
        assert_eq!(misfits(&rules, &text).0, [""; 0], "{text}");
    }
}
