//! What a plan says of itself at its top: `@title`, `@params`, `@root`, … collected, each at its place and of its form.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnostic::code::names as codes;
use crate::diagnostic::{Diagnostic, either, near};
use crate::source::{OffsetMap, Span};
use crate::step::attribute::is_word;
use crate::step::resolve::RESERVED;
use crate::syntax::ast::{
    self, Accessor, Block, Expr, ExprKind, File, Item, Part, StatementKind, Text, Word,
};

const KEYS: [&str; 9] =
    ["title", "summary", "version", "since", "params", "root", "in", "exclude", "lang"];

/// The meta of a plan. Values are constants; strings in them may hold parameters.
#[derive(Clone, Debug, Default)]
pub struct Meta {
    /// `@title`.
    pub title: Option<Expr>,
    /// `@summary`.
    pub summary: Option<Expr>,
    /// `@version`.
    pub version: Option<Expr>,
    /// `@since`.
    pub since: Option<Expr>,
    /// `@params`, each name once.
    pub params: Vec<ParamDecl>,
    /// `@root`.
    pub root: Option<Expr>,
    /// `@in`.
    pub within: Vec<Expr>,
    /// `@exclude`.
    pub exclude: Vec<Expr>,
    /// `@lang`.
    pub lang: Option<Expr>,
    /// The place of each parameter in `params`.
    index: HashMap<Arc<str>, usize>,
}

/// A parameter of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct ParamDecl {
    /// Its name.
    pub name: Word,
    /// What it is when not given; it must be given where there is none.
    pub default: Option<Expr>,
}

impl Meta {
    /// The parameter of that name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&ParamDecl> {
        self.index.get(name).and_then(|&at| self.params.get(at))
    }
}

/// Collects the meta at the top of the file and of its `plan` block.
#[must_use]
pub fn collect(file: &File) -> (Meta, Vec<Diagnostic>) {
    let mut collector = Collector::default();
    collector.block(&file.body);
    let Collector { meta, mut diagnostics, .. } = collector;
    holes(&meta, &mut diagnostics);
    (meta, diagnostics)
}

#[derive(Default)]
struct Collector {
    meta: Meta,
    diagnostics: Vec<Diagnostic>,
    /// Keys and where they were first written.
    seen: Vec<(&'static str, Span)>,
    /// Whether a step has been met.
    behind: Option<Span>,
}

impl Collector {
    fn block(&mut self, block: &Block) {
        for statement in &block.statements {
            match &statement.kind {
                StatementKind::Meta(meta) => self.entry(meta, statement.span),
                StatementKind::Plan(body) => {
                    self.block(body);
                    self.behind.get_or_insert(statement.span);
                }
                StatementKind::Step(step) => {
                    self.behind.get_or_insert(step.head);
                }
                _ => {}
            }
        }
    }

    fn entry(&mut self, meta: &ast::Meta, whole: Span) {
        if let Some(step) = self.behind {
            let text = format!("`@{}` stands behind a step", meta.key.text);
            self.diagnostics.push(
                Diagnostic::error(codes::META_PLACE, whole, text)
                    .related(step, "the first step is here")
                    .help("write it at the top, before the first step"),
            );
        }
        let Some(key) = KEYS.into_iter().find(|key| *key == &*meta.key.text) else {
            self.diagnostics.push(unknown(&meta.key));
            return;
        };
        if let Some((_, first)) = self.seen.iter().find(|(seen, _)| *seen == key) {
            self.diagnostics.push(twice(key, whole, *first));
            return;
        }
        self.seen.push((key, whole));
        if meta.items.is_empty() {
            let text = format!("`@{key}` has no value");
            self.diagnostics.push(
                Diagnostic::error(codes::META_VALUE, whole, text)
                    .help(format!("write `@{key} {}`", example(key))),
            );
            return;
        }
        match key {
            "params" => self.params(&meta.items),
            "in" => self.meta.within = self.many(key, &meta.items),
            "exclude" => self.meta.exclude = self.many(key, &meta.items),
            _ => self.one(key, &meta.items),
        }
    }

    fn one(&mut self, key: &'static str, items: &[Item]) {
        let mut values = self.many(key, items).into_iter();
        let value = values.next();
        if let Some(extra) = values.next() {
            let text = format!("`@{key}` takes one value");
            self.diagnostics.push(
                Diagnostic::error(codes::META_VALUE, extra.span, text)
                    .help("remove all values but the first"),
            );
        }
        match key {
            "title" => self.meta.title = value,
            "summary" => self.meta.summary = value,
            "version" => self.meta.version = value,
            "since" => self.meta.since = value,
            "root" => self.meta.root = value,
            _ => self.meta.lang = value,
        }
    }

    fn many(&mut self, key: &'static str, items: &[Item]) -> Vec<Expr> {
        let mut values = Vec::new();
        for item in items {
            match value(key, item) {
                Ok(value) => values.extend(value),
                Err(diagnostic) => self.diagnostics.push(*diagnostic),
            }
        }
        values
    }

    fn params(&mut self, items: &[Item]) {
        for item in items {
            let (param, wrong) = parameter(item);
            self.diagnostics.extend(wrong);
            if let Some(param) = param {
                let default = param.default.iter();
                self.diagnostics
                    .extend(default.flat_map(|default| parameters_only(default, &self.meta)));
                self.param(param);
            }
        }
    }

    fn param(&mut self, param: ParamDecl) {
        let name = &param.name.text;
        if RESERVED.contains(&&**name) {
            let text = format!("`{name}` is reserved");
            self.diagnostics.push(
                Diagnostic::error(codes::RESERVED, param.name.span, text)
                    .help("call the parameter something else"),
            );
        } else if let Some(first) = self.meta.param(name) {
            let text = format!("the parameter `{name}` is declared twice");
            self.diagnostics.push(
                Diagnostic::error(codes::PARAMETER, param.name.span, text)
                    .related(first.name.span, "the first one is here")
                    .help("remove one of the two"),
            );
        } else {
            self.meta.index.insert(Arc::clone(name), self.meta.params.len());
            self.meta.params.push(param);
        }
    }
}

fn unknown(key: &Word) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(codes::META_KEY, key.span, format!("there is no meta `@{}`", key.text));
    let same = match &*key.text {
        "name" => Some("title"),
        "description" | "desc" | "doc" => Some("summary"),
        "param" | "inputs" | "input" | "args" | "vars" => Some("params"),
        "ignore" | "skip" => Some("exclude"),
        "include" | "path" | "paths" | "scope" => Some("in"),
        "language" | "languages" => Some("lang"),
        "dir" | "cwd" => Some("root"),
        _ => None,
    };
    let meant = same.map_or_else(|| near(&key.text, KEYS), |same| vec![same]);
    match meant.as_slice() {
        [] => diagnostic.help(
            "the keys are `@title @summary @version @since @params @root @in @exclude @lang`",
        ),
        [one] if same.is_some() => {
            diagnostic.help(format!("did you mean `@{one}`?")).fix(name_only(key), *one)
        }
        [one] => diagnostic.help(format!("did you mean `@{one}`?")).mend(
            name_only(key),
            &key.text,
            one,
            *one,
        ),
        many => diagnostic.help(format!(
            "did you mean {}?",
            either(many).replace('`', "`@").replace("`@,", "`,")
        )),
    }
}

/// The span of the key's word, whether or not the written one holds the `@`.
fn name_only(key: &Word) -> Span {
    let length = u32::try_from(key.text.len()).unwrap_or(0);
    Span { lo: key.span.hi.saturating_sub(length), ..key.span }
}

fn twice(key: &str, whole: Span, first: Span) -> Diagnostic {
    let help = match key {
        "params" | "in" | "exclude" => {
            format!("write all entries behind one `@{key}`, with commas between")
        }
        _ => format!("keep one `@{key}`"),
    };
    Diagnostic::error(codes::META_TWICE, whole, format!("`@{key}` is given twice"))
        .related(first, "the first one is here")
        .help(help)
}

fn example(key: &str) -> &'static str {
    match key {
        "params" => "target, depth=3",
        "lang" => "python",
        "version" | "since" => "\"1.0\"",
        "root" => "\".\"",
        "in" => "\"src\"",
        "exclude" => "\"tests/**\"",
        _ => "\"…\"",
    }
}

fn value(key: &str, item: &Item) -> Result<Option<Expr>, Box<Diagnostic>> {
    let error = |span, message: String| Diagnostic::error(codes::META_VALUE, span, message);
    if let Some(name) = &item.key {
        let text = format!("`@{key}` takes plain values, found `{}=`", name.text);
        let cut = Span { hi: item.value.span.lo, ..name.span };
        return Err(Box::new(
            error(name.span, text).help(format!("remove `{}=`", name.text)).fix(cut, ""),
        ));
    }
    let expr = &item.value;
    match &expr.kind {
        ExprKind::Error => Ok(None),
        ExprKind::Text(text) if text.value.trim().is_empty() => {
            let text = format!("an entry of `@{key}` is empty");
            Err(Box::new(error(expr.span, text).help(format!("write `@{key} {}`", example(key)))))
        }
        ExprKind::Text(text) if key == "in" && text.value.contains(['*', '?', '{']) => {
            let fault =
                error(expr.span, format!("`@in` takes a path, found the glob `{}`", text.value));
            let fault = fault.help("name a file or a directory; `@exclude` takes globs of what is left out, and `q` and `search` take `globs=` of what counts");
            Err(Box::new(match text.value.strip_suffix("/**") {
                Some(dir) if !dir.contains(['*', '?', '{']) && !dir.is_empty() => {
                    fault.fix(expr.span, format!("\"{dir}\""))
                }
                _ => fault,
            }))
        }
        ExprKind::Text(_) | ExprKind::Template(_) => Ok(Some(expr.clone())),
        ExprKind::Number(_) if matches!(key, "version" | "since") => Ok(Some(expr.clone())),
        ExprKind::Name(word) if key == "lang" => Ok(Some(as_text(word, expr.span))),
        ExprKind::Name(word) => Err(Box::new(
            error(expr.span, format!("expected a string for `@{key}`, found the word `{word}`"))
                .help(format!("write `\"{word}\"`"))
                .fix(expr.span, format!("\"{word}\"")),
        )),
        ExprKind::List(_) => {
            let help = "write the entries one behind the other, with commas between";
            Err(Box::new(error(expr.span, format!("`@{key}` takes no list")).help(help)))
        }
        _ => {
            let help = format!("write `@{key} {}`", example(key));
            Err(Box::new(error(expr.span, format!("expected a string for `@{key}`")).help(help)))
        }
    }
}

/// A bare word as the text it stands for.
fn as_text(word: &Arc<str>, span: Span) -> Expr {
    let text = Text { raw: Arc::clone(word), value: Arc::clone(word), map: OffsetMap::at(span.lo) };
    Expr { kind: ExprKind::Text(text), span }
}

/// A parameter, as far as one is meant, and what is wrong with it.
fn parameter(item: &Item) -> (Option<ParamDecl>, Option<Diagnostic>) {
    const HELP: &str = "write `@params target, depth=3`";
    let error = |span, message: String| Diagnostic::error(codes::PARAMETER, span, message);
    let Some(name) = &item.key else { return without_default(&item.value, HELP) };
    if name.text.contains('.') {
        let text = format!("the parameter `{}` is no word", name.text);
        return (None, Some(error(name.span, text).help(HELP)));
    }
    let text = matches!(item.value.kind, ExprKind::Template(_));
    let wrong = (!text && !is_constant(&item.value)).then(|| {
        let text = format!("the default of `{}` is not a constant", name.text);
        error(item.value.span, text).help("write a string, a number or another constant")
    });
    let default = wrong.is_none().then(|| item.value.clone());
    (Some(ParamDecl { name: name.clone(), default }), wrong)
}

fn without_default(value: &Expr, help: &str) -> (Option<ParamDecl>, Option<Diagnostic>) {
    let error =
        |message: String| Diagnostic::error(codes::PARAMETER, value.span, message).help(help);
    let declare = |text: &Arc<str>| {
        Some(ParamDecl { name: Word { text: Arc::clone(text), span: value.span }, default: None })
    };
    match &value.kind {
        ExprKind::Error => (None, None),
        ExprKind::Name(word) => (declare(word), None),
        ExprKind::Text(text) if is_word(&text.value) => {
            let shown =
                format!("a parameter is written without quotes, found `\"{}\"`", text.value);
            (declare(&text.value), Some(error(shown).fix(value.span, &*text.value)))
        }
        _ => (None, Some(error("expected the name of a parameter".to_owned()))),
    }
}

/// Whether the expression is a constant without interpolation.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Duration(_)
        | ExprKind::Text(_)
        | ExprKind::Error => true,
        ExprKind::List(items) => items.iter().all(is_constant),
        ExprKind::Object(entries) => entries.iter().all(|entry| is_constant(&entry.value)),
        ExprKind::Paren(inner) => is_constant(inner),
        ExprKind::Unary(ast::Unary::Minus, inner) => matches!(inner.kind, ExprKind::Number(_)),
        _ => false,
    }
}

/// Holes of meta strings hold parameters only.
fn holes(meta: &Meta, diagnostics: &mut Vec<Diagnostic>) {
    let single = [&meta.title, &meta.summary, &meta.version, &meta.since, &meta.root, &meta.lang];
    let all = single.into_iter().flatten().chain(&meta.within).chain(&meta.exclude);
    for expr in all {
        diagnostics.extend(parameters_only(expr, meta));
    }
}

/// What is wrong with the holes of a string that is read before the run: they may hold parameters and their fields.
#[must_use]
pub fn parameters_only(expr: &Expr, meta: &Meta) -> Vec<Diagnostic> {
    let ExprKind::Template(template) = &expr.kind else { return Vec::new() };
    let holes = template.parts.iter().filter_map(|part| match part {
        Part::Hole(hole) => Some(hole),
        Part::Text(_) => None,
    });
    holes.filter_map(|hole| wrong_hole(hole, meta)).collect()
}

fn wrong_hole(hole: &Expr, meta: &Meta) -> Option<Diagnostic> {
    let text = match path_base(hole) {
        Base::Name(name) if meta.param(name).is_some() => return None,
        Base::Name(name) => format!("`{name}` is no parameter"),
        Base::Silent => return None,
        Base::Other => "only parameters can stand here".to_owned(),
    };
    let names: Vec<&str> = meta.params.iter().take(100).map(|param| &*param.name.text).collect();
    let diagnostic = Diagnostic::error(codes::NOT_A_PARAMETER, hole.span, text);
    let help = "this string is read before the plan runs; it may hold names of `@params` only";
    Some(match (path_base(hole), &hole.kind) {
        (Base::Name(name), ExprKind::Name(_)) => {
            diagnostic.help(help).did_you_mean(hole.span, name, &near(name, names), "")
        }
        _ => diagnostic.help(help),
    })
}

enum Base<'a> {
    Name(&'a str),
    Silent,
    Other,
}

fn path_base(expr: &Expr) -> Base<'_> {
    match &expr.kind {
        ExprKind::Name(name) => Base::Name(name),
        ExprKind::Access(base, Accessor::Field(_)) => path_base(base),
        ExprKind::Access(base, Accessor::Index(index)) if is_constant(index) => path_base(base),
        ExprKind::Error => Base::Silent,
        _ => Base::Other,
    }
}
