//! Queries cut out of sources, asked of those sources after something was done to them: what is found must be what every
//! rule finds at every node of the whole tree. They are drawn as the query language has them, each record whole, so that a
//! new operator of the language does not compile here before it is drawn.

use proptest::prelude::*;

use super::*;
use crate::facts::needs::Op;
use crate::query::ir::{self, Value as Text};
use crate::scan::pattern::need;

/// What a test case is drawn from; shrinking it makes the case simpler.
struct Draw<'d> {
    numbers: std::slice::Iter<'d, u16>,
}

impl Draw<'_> {
    /// A number below `n`; zero when nothing is left.
    fn below(&mut self, n: usize) -> usize {
        usize::from(self.numbers.next().copied().unwrap_or(0)) % n.max(1)
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

const PYTHON_SOURCES: &[&str] = &[
    "class A(B, metaclass=M):\n    \"\"\"doc\"\"\"\n    x: int = 1\n\n    def get(self, *args, key=None, **kw):\n        super().__init__(*args, **kw)\n        return getattr(self, key, None)\n",
    "def f(a, /, b=1, *, c):\n    # first\n    try:\n        raise ValueError('x') from a\n    except (KeyError, TypeError) as e:\n        warnings.warn(f\"{e!r} {a:>{b}}\", stacklevel=2)\n    else:\n        pass\n    finally:\n        c()\n",
    "@decorate(name='f')\nasync def g():\n    async with open(p) as h, lock:\n        await h.read()\n    async for i in h:\n        yield i\n    return\n",
    "x = [i.name for i in objects.filter(a=1) if i is not None]\ny = {**x, 'k': lambda *a: a}\nz = x if y else not z in w\n",
    "if a == b: c = 1; d = 2\nelif a < b < c:\n    del a, b\n    # c\nelse:\n    global g\n    g += 1\n",
    "match point:\n    case (0, y) if y: print(y)\n    case A(x=1) | None:\n        pass\n    case _:\n        x = x\n",
    "for i in range(10):\n    while True:\n        if i: break\n        assert i == 1, 'no'\n        continue\n",
    "from a.b import c as d, e\nimport os.path\nos.path.join(a, *b)\nf(f(1), g(f(2)))\n",
    "s = 'a' \"b\" f'{x}' rb'c'\nt = f\"\"\"{a}\n{b!r:{w}}\"\"\"\nu = (yield)\nprint(s % t, u'é')\n",
    "class Ä:\n    def größe(self):\n        return self.größe + self._x[1:2] @ ~y\n\n\ndef h(): return Ä()\n",
    "with a, b: f(); g()\nn = 0xFF if 1_0 else 1e5j\na.b.c = d = e\na[b]: c = d\n",
    "def outer():\n    def inner(x):\n        nonlocal y\n        return x\n    # end\n\n    return inner\n# after\nouter()(1)\n",
    "type T = int\nprint(a)\nexec(b)\nmatch = case = type\nmatch(a)\nx = (a :=\n 1)\nf(\n    a,  # one\n    b,\n)\n",
    "x = 1 if a else b\n",
    "raise 1 from x\n",
    "z = 0 is not None\n",
    "y = [0x1f for a in b]\n",
    "f'{a !r}', f'{get !s}'\n",
    "if a:\n\tf(a)\n\tif b:\n\t\tg(\n\tb)\n\telse:\n\t\tx = \"\"\"\nno indent\n\"\"\"\n",
];

const RUST_SOURCES: &[&str] = &[
    "pub fn f<T: Clone>(x: &T) -> Option<T> {\n    let mut y = x.clone();\n    if let Some(z) = g(&y) { return Some(z); }\n    y.iter().map(|a| a + 1).collect()\n}\n",
    "#[derive(Debug, Clone)]\nstruct S { a: u8, pub b: Vec<String> }\nimpl S {\n    fn new() -> Self { Self { a: 0, b: vec![] } }\n}\nimpl Drop for S { fn drop(&mut self) {} }\n",
    "fn main() {\n    // c\n    match x {\n        A::B(c) | A::D { c, .. } if c > 1 => println!(\"{c} {}\", c as usize),\n        _ => unsafe { g() },\n    }\n    for i in 0..10 { loop { break; } }\n    x.unwrap()?\n}\n",
    "use std::{io, fmt::Debug};\nmod m { pub(crate) trait T { fn f(&self); } }\nstatic A: &str = r#\"a\"b\"#;\nconst B: char = 'b';\nmacro_rules! m { ($a:expr) => { $a.unwrap() } }\n",
    "async fn g() -> Result<(), E> {\n    let x = h().await?;\n    assert_eq!(x, m!(x.unwrap(), 1));\n    x = x;\n    Ok(())\n}\n",
];

/// Put between or for tokens; some break the source.
const PYTHON_TOKENS: &[&str] = &[
    " ",
    "  ",
    "\\\n",
    "\\\n    ",
    " # get f\n",
    "\n",
    "\n    ",
    "\n        ",
    ";",
    "1",
    "é",
    "f",
    "r",
    "b'x'",
    "(",
    ")",
    ":",
    "\"",
    "'",
    "\"\"\"",
    "{",
    "if ",
    "not ",
    " f(a) ",
    "get",
    "_",
    "x",
    "\t",
    "\r\n",
    "\r",
    "\x0c",
    "await ",
    "# c\n",
    "lambda: ",
    "print ",
    "\\",
];
const RUST_TOKENS: &[&str] = &[
    " ", "\n", "/* f */", "// x\n", ";", "1", "é", "r#", "'a ", "'a'", "{", "}", "(", ")", "!",
    "\"", "#[a]", "unwrap", "x", "_", "m!(x)", "&", "->",
];

/// A source, and the same with something done to it.
fn source(draw: &mut Draw<'_>, language: Language) -> (String, String) {
    let (sources, pieces) = match language {
        Language::Python => (PYTHON_SOURCES, PYTHON_TOKENS),
        Language::Rust => (RUST_SOURCES, RUST_TOKENS),
    };
    let count = 1 + draw.below(4) / 2;
    let whole: String = (0..count).map(|_| draw.pick(sources)).collect();
    let mut changed = whole.clone();
    if draw.one_in(3) {
        let known = if language == Language::Python { PYTHON_PIECES } else { RUST_PIECES };
        (0..draw.below(4)).for_each(|_| changed += draw.pick(known));
    }
    for _ in 0..draw.below(5) {
        change(draw, &mut changed, pieces);
    }
    (whole, changed)
}

fn change(draw: &mut Draw<'_>, text: &mut String, pieces: &[&str]) {
    let mut borders: Vec<usize> = vec![0];
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut before, mut all) = (' ', text.char_indices());
    for (at, c) in all.by_ref() {
        if !(is_word(before) && is_word(c)) {
            borders.push(at);
        }
        before = c;
    }
    let at = draw.below(borders.len());
    let (start, end) = (borders[at], borders.get(at + 1).copied().unwrap_or(text.len()));
    match draw.below(10) {
        0 => text.replace_range(start..end, ""),
        1 => text.replace_range(start..end, draw.pick(pieces)),
        2 => {
            let again = text[start..end].to_owned();
            text.insert_str(start, &again);
        }
        3 => *text = text.replace('\n', if draw.one_in(2) { "\r\n" } else { "\r" }),
        4 => glue(draw, text),
        5 => text.insert_str(text[..start].rfind('\n').map_or(0, |line| line + 1), "    "),
        _ => text.insert_str(start, draw.pick(pieces)),
    }
}

/// Takes a space away behind what may end without one: numbers, quotes, brackets.
fn glue(draw: &mut Draw<'_>, text: &mut String) {
    let ends = |c: char| c.is_ascii_digit() || "'\")]}f!".contains(c);
    let spaces: Vec<usize> = text
        .match_indices(' ')
        .map(|(at, _)| at)
        .filter(|&at| text[..at].ends_with(ends))
        .collect();
    if !spaces.is_empty() {
        text.remove(draw.pick(&spaces));
    }
}

/// The text of a node, some of what it holds replaced by metavariables; equal texts may get equal ones.
fn holes(draw: &mut Draw<'_>, node: tree_sitter::Node<'_>, text: &str, left: &mut usize) -> String {
    let own = &text[node.byte_range()];
    if *left > 0 && node.is_named() && draw.one_in(4) {
        *left -= 1;
        let letter = ["A", "B", "C"][(own.len() + draw.below(2)) % 3];
        return match draw.below(6) {
            0 => format!("$$${letter}"),
            1 => "$_".to_owned(),
            2 => "$$$".to_owned(),
            _ => format!("${letter}"),
        };
    }
    let (mut out, mut at) = (String::new(), node.start_byte());
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        out.push_str(&text[at..child.start_byte()]);
        out.push_str(&holes(draw, child, text, left));
        at = child.end_byte();
    }
    out.push_str(&text[at..node.end_byte()]);
    out
}

/// Any node of a tree, the small ones more often.
fn node<'t>(draw: &mut Draw<'_>, root: tree_sitter::Node<'t>) -> tree_sitter::Node<'t> {
    let at = draw.below(root.end_byte());
    let mut node = root.descendant_for_byte_range(at, at).unwrap_or(root);
    for _ in 0..draw.below(5) {
        node = node.parent().unwrap_or(node);
    }
    node
}

fn cut(draw: &mut Draw<'_>, root: tree_sitter::Node<'_>, text: &str) -> String {
    let node = node(draw, root);
    let mut left = draw.below(4);
    holes(draw, node, text, &mut left)
}

/// A pattern cut out of the source, or one that was thought of.
fn cut_or_known(draw: &mut Draw<'_>, root: tree_sitter::Node<'_>, text: &str) -> String {
    let known = if root.kind() == "module" { PYTHON } else { RUST };
    if draw.one_in(4) { draw.pick(known).to_owned() } else { cut(draw, root, text) }
}

/// A pattern cut out, or a short one.
fn beside(draw: &mut Draw<'_>, root: tree_sitter::Node<'_>, text: &str) -> String {
    if draw.one_in(3) {
        let known =
            ["$X", "class $C", "def $F", "fn $F", "class A", "f($$$A)", "pass", "return $A"];
        return draw.pick(&known).to_owned();
    }
    cut_or_known(draw, root, text)
}

fn code(draw: &mut Draw<'_>, root: tree_sitter::Node<'_>, text: &str) -> ir::Code {
    let strictness = Some(draw.pick(Strictness::WORDS).to_owned());
    if draw.one_in(5) {
        let inner = node(draw, root);
        let mut outer = inner;
        for _ in 0..draw.below(4) {
            outer = outer.parent().unwrap_or(outer);
        }
        let mut left = draw.below(3);
        let context = Text::plain(&holes(draw, outer, text, &mut left));
        return ir::Code { text: context, selector: Some(Text::plain(inner.kind())), strictness };
    }
    let text = Text::plain(&cut_or_known(draw, root, text));
    ir::Code { text, selector: None, strictness }
}

fn relation(
    draw: &mut Draw<'_>,
    side: ir::Side,
    root: tree_sitter::Node<'_>,
    text: &str,
) -> ir::Relation {
    let code = Text::plain(&beside(draw, root, text));
    let stop = match draw.below(4) {
        0 => ir::Stop::Unsaid,
        1 => ir::Stop::Neighbor,
        2 => ir::Stop::End,
        _ => ir::Stop::At(Text::plain(&cut_or_known(draw, root, text))),
    };
    let fields = ["body", "name", "value", "left", "arguments"];
    let field = (!side.is_sibling() && draw.one_in(4)).then(|| Text::plain(draw.pick(&fields)));
    ir::Relation { side, code, stop, field }
}

fn nth_child(draw: &mut Draw<'_>, root: tree_sitter::Node<'_>, text: &str) -> ir::NthChild {
    let position = draw.pick(&["1", "2", "2n", "2n+1", "-n+2"]);
    let of = draw.one_in(3).then(|| {
        let kind = node(draw, root).kind();
        if draw.one_in(2) { kind.to_owned() } else { beside(draw, root, text) }
    });
    ir::NthChild {
        position: Text::plain(position),
        is_reverse: draw.one_in(3),
        of: of.map(|of| Text::plain(&of)),
    }
}

fn conditions(draw: &mut Draw<'_>, root: tree_sitter::Node<'_>, text: &str) -> ir::Conditions {
    let mut composites = Vec::new();
    for op in ir::Op::ALL {
        if draw.one_in(4) {
            let count = if op == ir::Op::Not { 1 } else { 1 + draw.below(3) };
            let patterns = (0..count).map(|_| Text::plain(&beside(draw, root, text))).collect();
            composites.push(ir::Composite { op, patterns });
        }
    }
    let mut relations = Vec::new();
    for side in ir::Side::ALL {
        if draw.one_in(4) {
            relations.push(relation(draw, side, root, text));
        }
    }
    let nth_child = draw.one_in(5).then(|| nth_child(draw, root, text));
    // What metavariables took is judged behind the scan.
    ir::Conditions { composites, nth_child, relations, filters: Vec::new() }
}

/// A query about nodes; many do not compile, and are then not asked.
fn query(draw: &mut Draw<'_>, root: tree_sitter::Node<'_>, text: &str) -> Pattern {
    if draw.one_in(4) {
        let kind = draw.pick(&EntityKind::ALL);
        let name = draw.one_in(2).then(|| {
            let words = ["f", "get", "A", "x", "é", "größe", "unwrap"];
            ir::Name::Exact(draw.pick(&words).into())
        });
        let entity = ir::Entity {
            word: "function",
            name,
            facts: ir::Sifts::default(),
            more: Vec::new(),
            conditions: conditions(draw, root, text),
        };
        let need = need::of_entity(&entity, kind, &Scope::default());
        return need.unwrap_or_else(|| {
            Pattern::of(Target::Entity(Entity { kind, word: None }), Scope::default())
        });
    }
    let pattern = ir::Pattern {
        code: (!draw.one_in(6)).then(|| code(draw, root, text)),
        is_tolerant: draw.one_in(4),
        conditions: conditions(draw, root, text),
    };
    need::of_pattern(&pattern, Scope::default())
}

/// What a case is made of: a source, changed, and queries that compile in its language.
pub(in crate::scan) fn drawn(numbers: &[u16], language: Language) -> (Vec<Pattern>, String) {
    let mut draw = Draw { numbers: numbers.iter() };
    let (whole, changed) = source(&mut draw, language);
    let parse = |text: &str| crate::languages::grammars::parse(text, language, &|| false).unwrap();
    let (origin, count) = (if draw.one_in(4) { &whole } else { &changed }, 2 + draw.below(5));
    let tree = parse(origin);
    let asked = (0..count).map(|_| query(&mut draw, tree.root_node(), origin));
    // What `all` or `any` would have to name, the language does not ask without.
    let is_named = |asked: &Pattern| {
        asked.target != Target::Any || asked.composites.iter().any(|c| c.op != Op::Not)
    };
    let asked = asked.filter(|asked| is_named(asked) && Rule::of(asked, language).is_ok());
    (asked.collect(), changed)
}

/// Asks some queries one by one and all together; returns how many matches there were.
fn check(numbers: &[u16], language: Language) -> usize {
    let (asked, changed) = drawn(numbers, language);
    held_to_all(&asked, &changed, language)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1_500), ..ProptestConfig::default() })]

    #[test]
    fn any_question_of_python_is_answered_as_without_a_prefilter(numbers in prop::collection::vec(any::<u16>(), 0..160)) {
        check(&numbers, Language::Python);
    }

    #[test]
    fn any_question_of_rust_is_answered_as_without_a_prefilter(numbers in prop::collection::vec(any::<u16>(), 0..160)) {
        check(&numbers, Language::Rust);
    }
}

#[test]
fn one_case_in_three_asks_something_that_is_found() {
    for language in Language::ALL {
        let mut state = 1_u32;
        let mut number = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as u16
        };
        let mut found = 0;
        for _ in 0..100 {
            let numbers: Vec<u16> = (0..160).map(|_| number()).collect();
            found += usize::from(check(&numbers, language) > 0);
        }
        assert!(found > 33, "{language:?}: {found}");
    }
}
