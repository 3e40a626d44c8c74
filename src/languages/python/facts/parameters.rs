//! Parameters and type parameters. Defaults are read before annotations: they belong to different scopes.

use ruff_python_ast::{Parameter, ParameterWithDefault, Parameters, TypeParam, TypeParams};

use super::reader::{Reader, place, settle};
use crate::facts::body::expr;
use crate::facts::head::{Param, ParamKind, ScopeKind, TypeParam as Record, TypeParamKind, symbol};
use crate::facts::{DefId, ExprId, Place, Run, ScopeId, Str};
use ruff_python_ast::Expr;

impl Reader<'_> {
    /// Reads defaults; gives where they lie among the pending kids, for [`Reader::parameters`].
    pub(super) fn defaults(&mut self, parameters: &Parameters) -> usize {
        let base = self.pending.kids.len();
        for parameter in parameters.iter_non_variadic_params() {
            let default = self.optional(parameter.default());
            self.pending.kids.push(default);
        }
        base
    }

    /// Reads names and annotations.
    pub(super) fn parameters(&mut self, parameters: &Parameters, defaults: usize) -> Run {
        let base = self.pending.params.len();
        let mut at = defaults;
        self.with_defaults(ParamKind::PositionalOnly, &parameters.posonlyargs, &mut at);
        self.with_defaults(ParamKind::Positional, &parameters.args, &mut at);
        if let Some(parameter) = &parameters.vararg {
            self.parameter(ParamKind::Star, parameter, ExprId::NONE);
        }
        self.with_defaults(ParamKind::KeywordOnly, &parameters.kwonlyargs, &mut at);
        if let Some(parameter) = &parameters.kwarg {
            self.parameter(ParamKind::DoubleStar, parameter, ExprId::NONE);
        }
        self.pending.kids.truncate(defaults);
        settle(&mut self.pending.params, base, &mut self.builder.facts.head.params)
    }

    fn with_defaults(
        &mut self,
        kind: ParamKind,
        parameters: &[ParameterWithDefault],
        at: &mut usize,
    ) {
        for parameter in parameters {
            let default = self.pending.kids.get(*at).copied().unwrap_or_default();
            *at += 1;
            self.parameter(kind, &parameter.parameter, default);
        }
    }

    fn parameter(&mut self, kind: ParamKind, parameter: &Parameter, default: ExprId) {
        let name = self.intern(&parameter.name);
        let ty = self.annotation(parameter.annotation());
        let place = place(parameter.name.range);
        let pattern = ExprId::NONE;
        self.pending.params.push(Param { kind, name, place, ty, default, pattern });
    }

    /// Records the names of parameters in the scope of their function.
    pub(super) fn mention_parameters(&mut self, params: Run) {
        for index in params.range() {
            let name = self.builder.facts.head.params.get(index).map_or(Str::NONE, |p| p.name);
            self.mention(name, symbol::PARAM);
        }
    }

    /// Reads an annotation.
    pub(super) fn annotation(&mut self, node: Option<&Expr>) -> ExprId {
        self.typed(expr::ANNOTATION, node)
    }

    /// Reads an expression that is a type: strings in it are types too.
    pub(super) fn typed(&mut self, flags: u16, node: Option<&Expr>) -> ExprId {
        let Some(node) = node else { return ExprId::NONE };
        let outer = std::mem::replace(&mut self.strings_are_types, true);
        let id = self.under(flags | expr::TYPE, |reader| reader.expr(node));
        self.strings_are_types = outer;
        id
    }

    /// Opens the scope of type parameters and reads them; it is left open.
    pub(super) fn type_params(
        &mut self,
        params: Option<&TypeParams>,
        def: DefId,
        end: u32,
    ) -> (ScopeId, Run) {
        let Some(params) = params else { return (ScopeId::NONE, Run::default()) };
        let whole = Place::between(params.range.start().to_u32(), end);
        let scope = self.enter(ScopeKind::TypeParams, def, whole);
        let lo = self.here();
        let base = self.pending.type_params.len();
        for param in params {
            let record = self.type_param(param);
            self.pending.type_params.push(record);
        }
        let held = self.since(lo);
        self.change_scope(scope, |scope| scope.exprs = held);
        let table = &mut self.builder.facts.head.type_params;
        (scope, settle(&mut self.pending.type_params, base, table))
    }

    fn type_param(&mut self, param: &TypeParam) -> Record {
        let (kind, bound, default) = match param {
            TypeParam::TypeVar(p) => {
                (TypeParamKind::Type, p.bound.as_deref(), p.default.as_deref())
            }
            TypeParam::TypeVarTuple(p) => (TypeParamKind::Tuple, None, p.default.as_deref()),
            TypeParam::ParamSpec(p) => (TypeParamKind::Spec, None, p.default.as_deref()),
        };
        let written = param.name();
        let name = self.intern(written);
        self.mention(name, symbol::TYPE_PARAM);
        let bound = self.typed(0, bound);
        let default = self.typed(0, default);
        Record { kind, name, place: place(written.range), bound, default }
    }
}
