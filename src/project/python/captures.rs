//! Which names functions share, as CPython's `symtable` finds it: scopes are gone through once from the outside in, with
//! the function that a name belongs to at hand for each name. The rules are those of `analyze_block` in `symtable.c`;
//! versions differ in comprehensions (PEP 709) and annotations (PEP 649). An inlined comprehension's own names stay its
//! own: CPython 3.12 and 3.13 mix them up with those that a sibling takes from outside, which then fails when it runs.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::deferred::Deferred;
use super::eval::Eval;
use super::mangled::Names;
use super::private::prefix;
use super::version::Version;
use crate::facts::head::{DefKind, Scope, ScopeKind, scope, symbol};
use crate::facts::{Facts, ScopeId, Str};
use crate::project::scopes::{Crossing, Way};
use crate::project::{FileId, Project};

/// From this version on list, set and dict comprehensions are part of the function around them (PEP 709).
const INLINES: Version = Version(12);
/// So many names cross borders in one file; more do only where somebody nests thousands of functions to that end.
const MOST: usize = 1 << 20;

/// What binds a name: assignments of any form, `del` among them.
const BOUND: u16 = symbol::BOUND | symbol::DELETED;

/// The names that cross borders in a file, in no order.
pub(in crate::project) fn crossings(project: &Project, file: FileId) -> Vec<Crossing> {
    let facts = project.facts(file);
    let mut scopes = facts.head.scopes.iter();
    let mut aliases = facts.head.defs.iter().filter(|def| def.kind == DefKind::Type);
    let is_crossed = scopes.any(|scope| is_inside(facts, scope.parent))
        || aliases.any(|alias| is_inside(facts, alias.scope));
    if !is_crossed {
        return Vec::new();
    }
    let version = project.python.versions.of_file(&project.file(file).path);
    let deferred = Deferred::of(Eval::new(project).file(file), version);
    let mut walk = Walk::new(facts, &deferred, version >= INLINES);
    for index in 0..facts.head.scopes.len() {
        walk.enter(ScopeId::at(index));
    }
    walk.finish()
}

/// Whether names may cross the border of what stands in a scope: it is another one than the module's.
fn is_inside(facts: &Facts, scope: ScopeId) -> bool {
    facts.scope(scope).is_some_and(|outer| outer.kind != ScopeKind::Module)
}

/// Whether names of a scope are seen from inside of it.
fn is_function(kind: ScopeKind) -> bool {
    !matches!(kind, ScopeKind::Module | ScopeKind::Class)
}

/// A scope that is open.
struct Open {
    scope: ScopeId,
    /// How many changes there were before it.
    changes: usize,
    /// What private names begin with.
    private: Option<Arc<str>>,
}

struct Walk<'f> {
    facts: &'f Facts,
    deferred: &'f Deferred,
    names: Names<'f>,
    is_inlining: bool,
    open: Vec<Open>,
    /// By raw name: the scope whose name it is for whoever stands in the innermost scope; none: the module's.
    owners: Vec<ScopeId>,
    /// Owners as they were before.
    changes: Vec<(Str, ScopeId)>,
    /// By scope: itself, or the scope that a comprehension is part of.
    hosts: Vec<ScopeId>,
    /// Names that classes bind or declare `global`.
    members: FxHashSet<(ScopeId, Str)>,
    /// What went through a scope already.
    passed: FxHashSet<(ScopeId, Str)>,
    cells: FxHashSet<(ScopeId, Str)>,
    found: Vec<(ScopeId, Way, Str)>,
}

impl<'f> Walk<'f> {
    fn new(facts: &'f Facts, deferred: &'f Deferred, is_inlining: bool) -> Self {
        Self {
            facts,
            deferred,
            names: Names::new(facts),
            is_inlining,
            open: Vec::new(),
            owners: Vec::new(),
            changes: Vec::new(),
            hosts: Vec::with_capacity(facts.head.scopes.len()),
            members: FxHashSet::default(),
            passed: FxHashSet::default(),
            cells: FxHashSet::default(),
            found: Vec::new(),
        }
    }

    /// Goes into a scope, the next in order, and leaves those that it does not stand in.
    fn enter(&mut self, id: ScopeId) {
        let Some(scope) = self.facts.scope(id) else { return };
        while self.open.last().is_some_and(|open| open.scope != scope.parent) {
            self.leave();
        }
        let is_inlined = self.is_inlining && scope.kind == ScopeKind::Comprehension;
        let host = if is_inlined { self.host(scope.parent) } else { id };
        self.hosts.push(host);
        let private = self.private(scope);
        self.open.push(Open { scope: id, changes: self.changes.len(), private });
        self.bind_all(id, scope);
        self.take_all(id, scope);
        if scope.kind == ScopeKind::Class {
            self.bind(self.names.class, id);
        }
    }

    fn leave(&mut self) {
        let Some(open) = self.open.pop() else { return };
        for (name, owner) in self.changes.drain(open.changes..).rev() {
            self.owners[name.0 as usize] = owner;
        }
    }

    /// What private names in a scope begin with.
    fn private(&self, scope: &Scope) -> Option<Arc<str>> {
        let is_class = |def: &crate::facts::head::Def| def.kind == DefKind::Class;
        let class = self.facts.def(scope.def).filter(|def| is_class(def));
        match class {
            Some(_) => prefix(self.facts, scope.def).map(Arc::from),
            None => self.open.last().and_then(|outer| outer.private.clone()),
        }
    }

    fn name(&mut self, name: Str) -> Str {
        let private = self.open.last().and_then(|open| open.private.as_deref());
        self.names.mangled(name, private)
    }

    /// The names that a scope binds are its own for whoever stands inside, but for those of a class.
    fn bind_all(&mut self, id: ScopeId, scope: &Scope) {
        let facts = self.facts;
        for symbol in scope.symbols.of(&facts.head.symbols) {
            let is_global = symbol.flags & symbol::GLOBAL != 0;
            let is_own = symbol.flags & BOUND != 0 && symbol.flags & symbol::NONLOCAL == 0;
            if !is_global && !is_own {
                continue;
            }
            let name = self.name(symbol.name);
            match scope.kind {
                ScopeKind::Class => drop(self.members.insert((id, name))),
                kind if is_function(kind) => {
                    self.bind(name, if is_global { ScopeId::NONE } else { id });
                }
                _ => {}
            }
        }
    }

    /// The names that a scope takes from outside, and those that it evaluates later, in scopes of their own.
    fn take_all(&mut self, id: ScopeId, scope: &Scope) {
        let (facts, deferred) = (self.facts, self.deferred);
        for symbol in scope.symbols.of(&facts.head.symbols) {
            let is_nonlocal = symbol.flags & symbol::NONLOCAL != 0;
            let is_read = symbol.flags & (BOUND | symbol::GLOBAL) == 0
                && !deferred.is_dropped(id, symbol.name);
            if is_nonlocal || is_read {
                let name = self.name(symbol.name);
                self.take(id, scope, name);
            }
        }
        if scope.flags & scope::USES_CLASS != 0 && is_function(scope.kind) {
            self.take(id, scope, self.names.class);
        }
        for &(_, name) in deferred.reads(id) {
            let name = self.name(name);
            let owner = self.owner(name);
            if owner.is_some() && !self.members.contains(&(id, name)) {
                self.cell(owner, name);
                self.pass(id, owner, name);
            }
        }
    }

    fn take(&mut self, id: ScopeId, scope: &Scope, name: Str) {
        let owner = self.owner(name);
        // Type parameters of a member see what its class binds (PEP 695).
        let is_member =
            scope.kind == ScopeKind::TypeParams && self.members.contains(&(scope.parent, name));
        if owner.is_some() && !is_member {
            self.pass(id, owner, name);
        }
    }

    /// A name goes from its owner through every scope on the way to one that needs it.
    fn pass(&mut self, to: ScopeId, owner: ScopeId, name: Str) {
        let mut at = to;
        while at != owner {
            let Some(scope) = self.facts.scope(at) else { return };
            if self.passed.len() >= MOST || !self.passed.insert((at, name)) {
                return;
            }
            if self.host(at) == at {
                self.found.push((at, Way::Free, name));
                self.cell(owner, name);
            }
            at = scope.parent;
        }
    }

    fn cell(&mut self, owner: ScopeId, name: Str) {
        let host = self.host(owner);
        if self.cells.insert((host, name)) {
            self.found.push((host, Way::Cell, name));
        }
    }

    fn host(&self, id: ScopeId) -> ScopeId {
        id.index().and_then(|index| self.hosts.get(index)).copied().unwrap_or(id)
    }

    fn owner(&self, name: Str) -> ScopeId {
        self.owners.get(name.0 as usize).copied().unwrap_or_default()
    }

    fn bind(&mut self, name: Str, owner: ScopeId) {
        let index = name.0 as usize;
        if index >= self.owners.len() {
            self.owners.resize(index + 1, ScopeId::NONE);
        }
        self.changes.push((name, self.owners[index]));
        self.owners[index] = owner;
    }

    /// What crosses the borders of functions and lambdas.
    fn finish(self) -> Vec<Crossing> {
        let of_function = |&(id, way, name): &(ScopeId, Way, Str)| {
            let scope = self.facts.scope(id)?;
            matches!(scope.kind, ScopeKind::Function | ScopeKind::Lambda)
                .then(|| (scope.def, way, self.names.text(name).into()))
        };
        self.found.iter().filter_map(of_function).collect()
    }
}

#[cfg(test)]
mod tests {
    //! Captures of small sources, by version; the answers follow from the language reference and the PEPs.

    use crate::project::scopes::testing;

    fn shown(minor: u8, text: &str) -> Vec<String> {
        testing::shown("m.py", text, Some((3, minor)))
    }

    /// The same in every version from 3.8 to the newest.
    #[track_caller]
    fn always(text: &str, expected: &[&str]) {
        for minor in 8..=15 {
            assert_eq!(shown(minor, text), expected, "3.{minor}: {text}");
        }
    }

    /// Up to 3.11, where comprehensions are functions, and later.
    #[track_caller]
    fn inlined(text: &str, before: &[&str], after: &[&str]) {
        for minor in 8..=15 {
            let expected = if minor < 12 { before } else { after };
            assert_eq!(shown(minor, text), expected, "3.{minor}: {text}");
        }
    }

    #[test]
    fn a_name_of_an_outer_function_is_free() {
        always("def f(x):\n  def g(): return x\n", &["f -> x", "g <- x"]);
        always("x = 1\ndef f():\n  def g(): return x\n", &[]);
        always("def f(x):\n  return lambda: x\n", &["f -> x", "lambda <- x"]);
        always("f = lambda x: lambda: x\n", &["lambda -> x", "lambda <- x"]);
    }

    #[test]
    fn own_names_hide_outer_ones() {
        always("def f(x):\n  def g(x): return x\n", &[]);
        always("def f(x):\n  def g():\n    x = x\n", &[]);
        always("def f(x):\n  def g():\n    x += 1\n", &[]);
        always("def f(x):\n  def g():\n    del x\n", &[]);
    }

    #[test]
    fn a_name_passes_through_functions_between() {
        always("def f(x):\n  def g():\n    def h(): return x\n", &["f -> x", "g <- x", "h <- x"]);
        // The middle one reads it only after the inner one was met.
        always(
            "def f(x):\n  def g():\n    def h(): return x\n    x\n",
            &["f -> x", "g <- x", "h <- x"],
        );
        // The nearest one counts.
        always("def f(x):\n  def g(x):\n    def h(): return x\n", &["g -> x", "h <- x"]);
    }

    #[test]
    fn every_form_of_binding_makes_a_name_the_functions() {
        let forms = [
            "x = 1",
            "x: int = 1",
            "x: int",
            "x, y = 1, 2",
            "[*x] = 1, 2",
            "x += 1",
            "import x",
            "import x.y",
            "from m import x",
            "from m import y as x",
            "def x(): pass",
            "class x: pass",
            "for x in y: pass",
            "with y as x: pass",
            "print(x := 1)",
            "del x",
            "try: pass\n  except E as x: pass",
            "match y:\n    case [x, *_]: pass",
            "match y:\n    case {**x}: pass",
            "match y:\n    case C(a=1) as x: pass",
        ];
        for form in forms {
            let text = format!("def f():\n  {form}\n  def g(): return x\n");
            always(&text, &["f -> x", "g <- x"]);
        }
        for params in ["x", "x, /", "*x", "*, x", "**x", "x=1"] {
            always(&format!("def f({params}):\n  def g(): return x\n"), &["f -> x", "g <- x"]);
        }
    }

    #[test]
    fn defaults_and_decorators_are_read_outside() {
        always("def f(x):\n  def g(y=x): return y\n", &[]);
        always("def f(x):\n  @x\n  def g(): pass\n", &[]);
        always("def f(x):\n  return lambda y=x: y\n", &[]);
    }

    #[test]
    fn names_of_classes_are_not_seen_from_inside() {
        always("class C:\n  x = 1\n  def m(self): return x\n", &[]);
        always(
            "def f(x):\n  class C:\n    x = 1\n    def m(self): return x\n",
            &["f -> x", "m <- x"],
        );
        // A class hands on what its methods take, and reads itself.
        always("def f(x):\n  class C:\n    y = x\n", &["f -> x"]);
        always("def f(x):\n  class C:\n    x = 1\n    y = x\n", &[]);
        always("def f(B):\n  class C(B): pass\n", &[]);
    }

    #[test]
    fn global_names_are_the_modules_for_functions_inside_too() {
        always("def f(x):\n  def g():\n    global x\n    x = 1\n    def h(): return x\n", &[]);
        always("def f():\n  global x\n  x = 1\n  def g(): return x\n", &[]);
        // But not for methods of the class that declares them.
        always(
            "def f(x):\n  class C:\n    global x\n    def m(self): return x\n",
            &["f -> x", "m <- x"],
        );
    }

    #[test]
    fn nonlocal_names_are_free_though_they_are_bound() {
        always("def f():\n  x = 1\n  def g():\n    nonlocal x\n    x = 2\n", &["f -> x", "g <- x"]);
        always("def f(x):\n  class C:\n    nonlocal x\n    x = 2\n", &["f -> x"]);
        always(
            "def f(x):\n  def g():\n    nonlocal x\n    x = 2\n    def h(): x\n",
            &["f -> x", "g <- x", "h <- x"],
        );
        // No function binds it: an error, and nobody's.
        always("def f():\n  def g():\n    nonlocal x\n", &[]);
    }

    #[test]
    fn super_reads_the_class_around() {
        always("class C:\n  def m(self): super().m()\n", &["m <- __class__"]);
        always("class C:\n  def m(self): return __class__\n", &["m <- __class__"]);
        always("def f(self): super().m()\n", &[]);
        always(
            "class C:\n  def m(self):\n    def g(): super()\n",
            &["m <- __class__", "g <- __class__"],
        );
        always(
            "class C:\n  def m(self):\n    return lambda: super().m\n",
            &["m <- __class__", "lambda <- __class__"],
        );
        // What a function calls so itself is its own.
        always("class C:\n  def m(self):\n    __class__ = 1\n    super()\n", &[]);
        // The inner class has one of its own, which stands before that of the outer.
        always(
            "class C:\n  def m(self):\n    class D:\n      def n(self): super()\n",
            &["n <- __class__"],
        );
        // Read by the body of a class it is that of the class around.
        always(
            "class C:\n  def m(self):\n    class D:\n      x = __class__\n",
            &["m <- __class__"],
        );
    }

    #[test]
    fn private_names_carry_their_class() {
        always(
            "class C:\n  def m(self):\n    __x = 1\n    return lambda: __x\n",
            &["m -> _C__x", "lambda <- _C__x"],
        );
        always(
            "class _C:\n  def m(self, _C__x):\n    return lambda: __x\n",
            &["m -> _C__x", "lambda <- _C__x"],
        );
        // Outside of the class it is another name.
        always("def f(__x):\n  class C:\n    def m(self): return __x\n", &[]);
        always(
            "def f(_C__x):\n  class C:\n    def m(self): return __x\n",
            &["f -> _C__x", "m <- _C__x"],
        );
        always("def f(__x__):\n  class C:\n    y = __x__\n", &["f -> __x__"]);
        // A class of underscores adds nothing.
        always("def f(__x):\n  class __:\n    y = __x\n", &["f -> __x"]);
    }

    #[test]
    fn a_comprehension_is_a_function_up_to_3_11() {
        inlined("def f(x, y):\n  return [x for _ in y]\n", &["f -> x"], &[]);
        inlined("def f(x, y):\n  return {x: 1 for _ in y if x}\n", &["f -> x"], &[]);
        inlined("def f(x):\n  return [z for z in x]\n", &[], &[]);
        inlined("def f(x, y):\n  return [[x for _ in y] for _ in y]\n", &["f -> x y"], &[]);
        always("def f(x):\n  def g(y): return [x for _ in y]\n", &["f -> x", "g <- x"]);
        always("def f(x, y):\n  return (x for _ in y)\n", &["f -> x"]);
        // A class hides nothing of the function around from what it computes so.
        always("def f(x, y):\n  class C:\n    z = [x for _ in y]\n", &["f -> x y"]);
    }

    #[test]
    fn what_a_lambda_in_a_comprehension_takes_is_the_functions_from_3_12_on() {
        inlined(
            "def f(y):\n  return [lambda: x for x in y]\n",
            &["lambda <- x"],
            &["f -> x", "lambda <- x"],
        );
        always("def f(x, y):\n  return [(x, lambda: x) for _ in y]\n", &["f -> x", "lambda <- x"]);
        always("f = [lambda: x for x in y]\n", &["lambda <- x"]);
        // The generator stays a function.
        always("def f(y):\n  return ([x for _ in y] for x in y)\n", &["f -> y"]);
        inlined(
            "def f(y):\n  return [[lambda: x for _ in y] for x in y]\n",
            &["f -> y", "lambda <- x"],
            &["f -> x", "lambda <- x"],
        );
    }

    #[test]
    fn a_walrus_in_a_comprehension_binds_outside_of_it() {
        inlined("def f(y):\n  return [x := 1 for _ in y]\n", &["f -> x"], &[]);
        always("def f(y):\n  return any((x := z) for z in y)\n", &["f -> x"]);
        always("x = [y := 1 for _ in z]\ndef f(): return y\n", &[]);
        always("def f(y):\n  global x\n  return [x := 1 for _ in y]\n", &[]);
        always("def f(y):\n  [x := 1 for _ in y]\n  def g(): return x\n", &["f -> x", "g <- x"]);
    }

    #[test]
    fn type_parameters_are_names_of_a_function_around() {
        always("def f[T](x):\n  return T\n", &["f <- T"]);
        always("class C[T]:\n  def m(self): return T\n", &["m <- T"]);
        always("def f[T](x: T) -> T: pass\n", &[]);
        always("def f(B):\n  def g[T: B](): pass\n", &["f -> B"]);
        // What a class binds its generic members see in their headers.
        always("def f(B):\n  class C:\n    B = 1\n    def g[T: B](self): pass\n", &[]);
        always("def f(B):\n  class C:\n    def g[T: B](self): pass\n", &["f -> B"]);
    }

    #[test]
    fn the_value_of_a_type_alias_is_a_function() {
        always("def f(x):\n  type A = list[x]\n", &["f -> x"]);
        always("def f(x):\n  type A[T] = dict[T, x]\n", &["f -> x"]);
        always("def f(x):\n  def g():\n    type A = x\n", &["f -> x", "g <- x"]);
        always("def f(x):\n  class C:\n    x = 1\n    type A = x\n", &[]);
        always("x = 1\ndef f():\n  type A = x\n", &[]);
    }

    #[test]
    fn annotations_are_functions_from_3_14_on() {
        let versions = |text: &str, before: &[&str], after: &[&str]| {
            assert_eq!(shown(13, text), before, "3.13: {text}");
            assert_eq!(shown(14, text), after, "3.14: {text}");
        };
        versions("def f(T):\n  def g(x: T): pass\n", &[], &["f -> T"]);
        versions("def f(T):\n  def g() -> T: pass\n", &[], &["f -> T"]);
        versions("def f(T):\n  class C:\n    x: T\n", &["f -> T"], &["f -> T"]);
        versions("def f(T):\n  class C:\n    T = 1\n    x: T\n", &[], &[]);
        // Those of locals are read by nobody.
        versions("def f(T):\n  def g():\n    x: T = 1\n", &["f -> T", "g <- T"], &[]);
        versions(
            "def f(T):\n  def g():\n    x: T = 1\n    [y for y in T]\n",
            &["f -> T", "g <- T"],
            &["f -> T", "g <- T"],
        );
        let future = "from __future__ import annotations\n";
        let text = format!("{future}def f(T):\n  def g(x: T):\n    y: T\n  class C:\n    z: T\n");
        versions(&text, &[], &[]);
        always("def f(T):\n  def g(x: 'T'):\n    y: 'T'\n", &[]);
    }

    #[test]
    fn nested_is_what_stands_in_a_function() {
        let text = "def f():\n  class C:\n    def m(self): pass\nclass D:\n  def n(self): return lambda: 1\n[lambda: 2 for _ in x]\n";
        let expected = [
            ("f", false),
            ("C", true),
            ("m", true),
            ("D", false),
            ("n", false),
            ("lambda", true),
            ("lambda", false),
        ];
        let expected = expected.map(|(name, is_nested)| (name.to_owned(), is_nested));
        assert_eq!(testing::nested("m.py", text), expected);
    }

    #[test]
    fn deep_nests_and_broken_sources_are_read() {
        let lambdas = format!("def f(x):\n  return {}x\n", "lambda: ".repeat(5_000));
        assert_eq!(shown(12, &lambdas).len(), 5_001);
        let lists =
            format!("def f(x):\n  return {}x{}\n", "[".repeat(900), " for _ in x]".repeat(900));
        assert_eq!(shown(11, &lists), ["f -> x"]);
        assert_eq!(shown(12, &lists), Vec::<String>::new());
        let _ = shown(12, "def f(x:\n  def g(): nonlocal\n  class : super(\n lambda x x\n");
    }
}
