//! The tree of tree-sitter beside that of the parser: the same tokens with the same classes, the same statements and
//! expressions at the same places.

use qplan::source::{SourceId, Span};
use qplan::syntax::ast::{
    Accessor, Action, Block, Else, Expr, ExprKind, File, If, Item, Part, Return, Set, Statement,
    StatementKind, Unary,
};
use qplan::syntax::class::{Class, classes, words};
use tree_sitter::{Node, Tree};

use super::nodes;

/// What is where: first byte, last byte, kind.
type Piece = (usize, usize, String);

/// The least integer is one token to the lexer, a minus and a number to editors.
fn is_least(text: &str) -> bool {
    text.starts_with('-') && text.replace('_', "") == i64::MIN.to_string()
}

/// The first differences of the two trees.
pub(super) fn difference(text: &str, file: &File, tree: &Tree) -> Option<String> {
    let cut = classes(SourceId(0), text);
    let tokens = compare(text, "tokens", written_tokens(text, &cut), shown_tokens(text, tree));
    let holes = cut.into_iter().filter(|(class, _)| *class == Class::Hole);
    let holes = holes.map(|(_, span)| span).collect();
    let mut written = Walk { text, holes, pieces: Vec::new() };
    written.block(&file.body);
    let comments = file.comments.iter().map(|comment| piece(comment.span, "comment"));
    let written = written.pieces.into_iter().chain(comments).collect();
    tokens.or_else(|| compare(text, "nodes", written, shown_nodes(text, tree)))
}

fn compare(
    text: &str,
    what: &str,
    mut expected: Vec<Piece>,
    mut found: Vec<Piece>,
) -> Option<String> {
    let order = |a: &Piece, b: &Piece| (a.0, b.1, &a.2).cmp(&(b.0, a.1, &b.2));
    expected.sort_by(order);
    found.sort_by(order);
    let at = (0..expected.len().max(found.len())).find(|&at| expected.get(at) != found.get(at))?;
    let shown = |piece: Option<&Piece>| {
        piece.map(|(lo, hi, kind)| format!("{kind} {lo}..{hi} {:?}", text.get(*lo..*hi)))
    };
    let (expected, found) = (shown(expected.get(at)), shown(found.get(at)));
    Some(format!("has other {what}: expected {expected:?}, found {found:?}\n{text}"))
}

fn piece(span: Span, kind: &str) -> Piece {
    (span.lo as usize, span.hi as usize, kind.to_owned())
}

/// The lexer's tokens.
fn written_tokens(text: &str, cut: &[(Class, Span)]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (class, span) in cut {
        let range = span.range();
        if is_least(&text[range.clone()]) {
            pieces.push((range.start, range.start + 1, "Sign".to_owned()));
            pieces.push((range.start + 1, range.end, "Number".to_owned()));
        } else {
            pieces.push(piece(*span, &format!("{class:?}")));
        }
    }
    pieces
}

/// The leaves of the tree, as the lexer cuts the text.
fn shown_tokens(text: &str, tree: &Tree) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut skip_to = 0;
    for node in nodes(tree) {
        let (lo, hi) = (node.start_byte(), node.end_byte());
        let leaf = node.child_count() == 0 && node.parent().is_some() || is_whole(node);
        if !leaf || lo < skip_to || lo == hi || node.kind() == "comment" {
            continue;
        }
        skip_to = hi;
        let class = format!("{:?}", class(node));
        let inner = |kind: &str| matches!(kind, "string_content" | "escape_sequence");
        let before = node.prev_sibling().map_or("", |node| node.kind());
        let joined = inner(node.kind()) && inner(before)
            || node.kind() == "in" && before == "not" && text[..lo].ends_with(char::is_whitespace);
        match pieces.last_mut() {
            Some(last) if joined => last.1 = hi,
            _ => pieces.push((lo, hi, class)),
        }
    }
    pieces
}

/// Nodes that are one token to the lexer.
fn is_whole(node: Node<'_>) -> bool {
    let hole = |n| node.child(n).is_some_and(|child| child.kind() == "interpolation");
    match node.kind() {
        "key" => true,
        "string" => !(0..node.child_count()).any(hole),
        _ => false,
    }
}

fn class(node: Node<'_>) -> Class {
    let hole = node.parent().is_some_and(|parent| parent.kind() == "interpolation");
    match node.kind() {
        "${" | "}" if hole => Class::Hole,
        "action" => Class::Action,
        "option" => Class::Option,
        "key" => Class::Key,
        "meta_key" => Class::Meta,
        "word" => Class::Name,
        "number" => Class::Number,
        "duration" => Class::Duration,
        "string" | "string_start" | "string_content" | "escape_sequence" | "string_end" => {
            Class::Text
        }
        "true" | "false" | "null" => Class::Constant,
        kind if words(Class::Keyword).contains(&kind) => Class::Keyword,
        kind if words(Class::Operator).contains(&kind) => Class::Operator,
        _ => Class::Sign,
    }
}

/// Statements, blocks and the expressions that have parts.
fn shown_nodes(text: &str, tree: &Tree) -> Vec<Piece> {
    let composite = [
        "block",
        "binary_expression",
        "unary_expression",
        "exists_expression",
        "field",
        "index",
        "call",
        "list",
        "object",
        "parenthesized",
        "interpolation",
        "comment",
    ];
    let target = |node: Node<'_>| {
        let mut at = node;
        while let Some(parent) = at.parent() {
            if parent.kind() == "set_statement" {
                return parent.child_by_field_name("target") == Some(at);
            }
            if !matches!(parent.kind(), "field" | "index")
                || parent.child_by_field_name("object") != Some(at)
            {
                return false;
            }
            at = parent;
        }
        false
    };
    nodes(tree)
        .into_iter()
        .filter(|node| node.is_named())
        .filter(|node| node.kind().ends_with("_statement") || composite.contains(&node.kind()))
        .filter(|node| !target(*node) && !is_least(&text[node.byte_range()]))
        .map(|node| (node.start_byte(), node.end_byte(), node.kind().to_owned()))
        .collect()
}

/// Collects the same pieces from the parser's tree.
struct Walk<'t> {
    text: &'t str,
    /// The braces of the holes in strings.
    holes: Vec<Span>,
    pieces: Vec<Piece>,
}

impl Walk<'_> {
    fn put(&mut self, span: Span, kind: &str) {
        self.pieces.push(piece(span, kind));
    }

    /// A block with its braces; the file's and that of `parallel:` have none.
    fn braces(&mut self, block: &Block) {
        if self.text[block.span.range()].starts_with('{') {
            self.put(block.span, "block");
        }
        self.block(block);
    }

    fn block(&mut self, block: &Block) {
        block.statements.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &Statement) {
        let kind = match &statement.kind {
            StatementKind::Plan(block) => {
                self.braces(block);
                "plan"
            }
            StatementKind::Meta(meta) => {
                self.items(&meta.items);
                "meta"
            }
            StatementKind::Step(step) => {
                step.attributes.iter().for_each(|attribute| self.expr(&attribute.value));
                self.braces(&step.body);
                "step"
            }
            StatementKind::If(inner) => {
                self.branches(inner);
                "if"
            }
            StatementKind::While(inner) => {
                self.expr(&inner.condition);
                self.braces(&inner.body);
                "while"
            }
            StatementKind::Each(each) => {
                self.expr(&each.over);
                self.braces(&each.body);
                "each"
            }
            StatementKind::Parallel(parallel) => {
                parallel.options.iter().for_each(|option| self.expr(&option.value));
                self.braces(&parallel.body);
                "parallel"
            }
            other => self.line(other),
        };
        self.put(statement.span, &format!("{kind}_statement"));
    }

    fn line(&mut self, kind: &StatementKind) -> &'static str {
        match kind {
            StatementKind::Action(action) => {
                self.action(action);
                let itself = self.text[action.name.span.range()].eq_ignore_ascii_case("future");
                if itself { "future" } else { "action" }
            }
            StatementKind::Future(action) => {
                self.action(action);
                "future"
            }
            StatementKind::Set(set) => {
                self.set(set);
                "set"
            }
            StatementKind::Var(var) => {
                self.expr(&var.value);
                "var"
            }
            StatementKind::Print(items) => {
                self.items(items);
                "print"
            }
            StatementKind::Return(form) => {
                match form {
                    Return::Default => {}
                    Return::Value { value, .. } => self.expr(value),
                    Return::Fields(items) => self.items(items),
                }
                "return"
            }
            StatementKind::Jump(_) => "jump",
            StatementKind::Break => "break",
            StatementKind::Continue => "continue",
            StatementKind::Stop => "stop",
            StatementKind::Skip => "skip",
            _ => "unknown",
        }
    }

    fn branches(&mut self, inner: &If) {
        self.expr(&inner.condition);
        self.braces(&inner.then);
        match &inner.otherwise {
            Some(Else::Block(block)) => self.braces(block),
            Some(Else::If(nested, span)) => {
                self.put(*span, "if_statement");
                self.branches(nested);
            }
            None => {}
        }
    }

    fn action(&mut self, action: &Action) {
        action.primary.iter().for_each(|value| self.expr(value));
        action.arguments.iter().for_each(|argument| self.expr(&argument.value));
    }

    fn set(&mut self, set: &Set) {
        set.path.iter().for_each(|accessor| self.accessor(accessor));
        self.expr(&set.value);
    }

    fn items(&mut self, items: &[Item]) {
        items.iter().for_each(|item| self.expr(&item.value));
    }

    fn accessor(&mut self, accessor: &Accessor) {
        if let Accessor::Index(index) = accessor {
            self.expr(index);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        let kind = match &expr.kind {
            ExprKind::Template(template) => return self.holes(&template.parts),
            ExprKind::List(values) => {
                values.iter().for_each(|value| self.expr(value));
                "list"
            }
            ExprKind::Object(entries) => {
                entries.iter().for_each(|entry| self.expr(&entry.value));
                "object"
            }
            ExprKind::Call(_, values) => {
                values.iter().for_each(|value| self.expr(value));
                "call"
            }
            ExprKind::Access(base, accessor) => {
                self.expr(base);
                self.accessor(accessor);
                if matches!(accessor, Accessor::Field(_)) { "field" } else { "index" }
            }
            ExprKind::Unary(Unary::Not | Unary::Minus, inner) => {
                self.expr(inner);
                "unary_expression"
            }
            ExprKind::Binary(_, left, right) => {
                self.expr(left);
                self.expr(right);
                "binary_expression"
            }
            ExprKind::Exists(inner, _) => {
                self.expr(inner);
                "exists_expression"
            }
            ExprKind::Paren(inner) => {
                self.expr(inner);
                "parenthesized"
            }
            _ => return,
        };
        self.put(expr.span, kind);
    }

    /// A hole's own place is not in the tree: it is that of the tokens around its expression, comments between them.
    fn holes(&mut self, parts: &[Part]) {
        for part in parts {
            let Part::Hole(inner) = part else { continue };
            self.expr(inner);
            let open = self.holes.iter().rfind(|hole| hole.hi <= inner.span.lo);
            let close = self.holes.iter().find(|hole| hole.lo >= inner.span.hi);
            if let (Some(open), Some(close)) = (open, close) {
                self.put(open.to(*close), "interpolation");
            }
        }
    }
}
