//! What each node kind and field of the grammar means to the reader, resolved once from their names.

use std::sync::OnceLock;

use crate::facts::body::{BlockKind, Op};
use crate::facts::head::DefKind;
use crate::languages::grammars::grammar;

/// What is done with a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Nothing: punctuation and keywords.
    Skip,
    /// It is noted as it stands: `mut`, `async`, an operator.
    Sign,
    Comment,
    Error,
    /// No kind of its own: an expression with kids.
    Other,

    Item(DefKind),
    Foreign,
    Use,
    ExternCrate,
    Let,
    ExprStmt,
    Empty,
    AttributeItem,
    InnerAttribute,
    Attribute,
    MacroBody,
    Visibility,
    Modifiers,

    Name,
    /// A name of a type.
    TypeName,
    Underscore,
    FieldName,
    Lifetime,
    Label,
    Int,
    Float,
    Bool,
    Char,
    Str,
    RawStr,
    Unit,
    Never,
    RestPattern,

    Unary,
    Negative,
    Reference,
    Try,
    Binary,
    Assign,
    Augment,
    Cast,
    Call,
    Return,
    Yield,
    Break,
    Continue,
    Scoped,
    /// A path of types.
    ScopedType,
    GenericFunction,
    Await,
    Field,
    Array,
    Tuple,
    Index,
    Closure,
    Paren,
    StructLiteral,
    FieldInit,
    Shorthand,
    BaseInit,
    Range,
    MacroCall,
    TokenTree,

    Block,
    Wrapped(BlockKind),
    If,
    Match,
    MatchBlock,
    While,
    Loop,
    For,
    Members,
    LetCondition,
    LetChain,
    MatchArm,

    GenericType,
    RefType,
    PointerType,
    TupleType,
    ArrayType,
    FnType,
    Bounds,
    Bounded,
    Qualified,
    TypeBinding,
    /// Stands for what is inside.
    Pass,
    /// What is inside belongs to the node around it.
    Splice(Field),
    /// As `Splice`, of types.
    SpliceTypes(Field),

    TypeParams,
    TypeParam,
    LifetimeParam,
    ConstParam,
    WherePredicate,
    Parameters,
    Parameter,
    SelfParam,
    Variadic,
    ClosureParams,

    StructPattern,
    FieldPattern,
    Alternatives,
    Captured,
}

/// Which part of its parent a node is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Field {
    #[default]
    None,
    Alias,
    Alternative,
    Argument,
    Body,
    Bounds,
    Condition,
    Consequence,
    DefaultType,
    Function,
    Left,
    Length,
    List,
    Macro,
    Name,
    Operator,
    Parameters,
    Path,
    Pattern,
    ReturnType,
    Right,
    Trait,
    Type,
    TypeArgument,
    TypeParameters,
    Value,
    /// A predicate of a `where` clause.
    Where,
    /// Where arguments open.
    Open,
}

/// The meaning of kinds and fields by their numbers.
pub(super) struct Kinds {
    rules: Vec<Rule>,
    fields: Vec<Field>,
}

impl Kinds {
    /// Of the grammar.
    pub(super) fn get() -> &'static Self {
        static KINDS: OnceLock<Kinds> = OnceLock::new();
        KINDS.get_or_init(|| {
            let grammar = grammar(crate::facts::Language::Rust);
            let rule = |id: usize| {
                let name = grammar.node_kind_for_id(id as u16).unwrap_or("");
                match grammar.node_kind_is_named(id as u16) {
                    true => named(name),
                    false => anonymous(name),
                }
            };
            let name = |id: usize| grammar.field_name_for_id(id as u16).unwrap_or("");
            Self {
                rules: (0..grammar.node_kind_count()).map(rule).collect(),
                fields: (0..=grammar.field_count()).map(|id| field(name(id))).collect(),
            }
        })
    }

    /// What is done with nodes of a kind.
    pub(super) fn rule(&self, kind: u16) -> Rule {
        // The kind of errors lies beyond the table.
        self.rules.get(usize::from(kind)).copied().unwrap_or(Rule::Error)
    }

    /// What a field is.
    pub(super) fn field(&self, id: Option<std::num::NonZeroU16>) -> Field {
        let found = id.and_then(|id| self.fields.get(usize::from(id.get())));
        found.copied().unwrap_or_default()
    }
}

fn anonymous(name: &str) -> Rule {
    match name {
        "async" | "unsafe" | "const" | "default" | "extern" | "move" | "static" | "ref" | ".."
        | "..=" | "..." | "-" | "*" | "!" | "+" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>"
        | "&&" | "||" | "==" | "!=" | "<=" | ">=" | "+=" | "-=" | "*=" | "/=" | "%=" | "&="
        | "|=" | "^=" | "<<=" | ">>=" => Rule::Sign,
        "<" | ">" => Rule::Sign,
        "_" => Rule::Underscore,
        _ => Rule::Skip,
    }
}

fn named(name: &str) -> Rule {
    item(name).or_else(|| leaf(name)).or_else(|| expression(name)).unwrap_or_else(|| other(name))
}

fn item(name: &str) -> Option<Rule> {
    Some(match name {
        "function_item" | "function_signature_item" => Rule::Item(DefKind::Function),
        "struct_item" => Rule::Item(DefKind::Struct),
        "union_item" => Rule::Item(DefKind::Union),
        "enum_item" => Rule::Item(DefKind::Enum),
        "enum_variant" => Rule::Item(DefKind::Variant),
        "field_declaration" => Rule::Item(DefKind::Field),
        "const_item" => Rule::Item(DefKind::Const),
        "static_item" => Rule::Item(DefKind::Static),
        "type_item" | "associated_type" => Rule::Item(DefKind::Type),
        "impl_item" => Rule::Item(DefKind::Impl),
        "trait_item" => Rule::Item(DefKind::Trait),
        "mod_item" => Rule::Item(DefKind::Module),
        "macro_definition" => Rule::Item(DefKind::Macro),
        "foreign_mod_item" => Rule::Foreign,
        "use_declaration" => Rule::Use,
        "extern_crate_declaration" => Rule::ExternCrate,
        "let_declaration" => Rule::Let,
        "expression_statement" => Rule::ExprStmt,
        "empty_statement" => Rule::Empty,
        "attribute_item" => Rule::AttributeItem,
        "inner_attribute_item" => Rule::InnerAttribute,
        "attribute" => Rule::Attribute,
        "macro_rule" => Rule::MacroBody,
        "visibility_modifier" => Rule::Visibility,
        "function_modifiers" | "extern_modifier" => Rule::Modifiers,
        "declaration_list"
        | "field_declaration_list"
        | "enum_variant_list"
        | "ordered_field_declaration_list" => Rule::Members,
        _ => return None,
    })
}

fn leaf(name: &str) -> Option<Rule> {
    Some(match name {
        "type_identifier" | "primitive_type" => Rule::TypeName,
        "identifier"
        | "self"
        | "super"
        | "crate"
        | "metavariable"
        | "shorthand_field_identifier" => Rule::Name,
        "field_identifier" => Rule::FieldName,
        "lifetime" => Rule::Lifetime,
        "label" => Rule::Label,
        "integer_literal" => Rule::Int,
        "float_literal" => Rule::Float,
        "boolean_literal" => Rule::Bool,
        "char_literal" => Rule::Char,
        "string_literal" => Rule::Str,
        "raw_string_literal" => Rule::RawStr,
        "unit_expression" | "unit_type" => Rule::Unit,
        "never_type" => Rule::Never,
        "remaining_field_pattern" => Rule::RestPattern,
        "mutable_specifier" => Rule::Sign,
        "line_comment" | "block_comment" => Rule::Comment,
        "shebang" | "for_lifetimes" => Rule::Skip,
        _ => return None,
    })
}

fn expression(name: &str) -> Option<Rule> {
    Some(match name {
        "unary_expression" => Rule::Unary,
        "negative_literal" => Rule::Negative,
        "reference_expression" | "reference_pattern" => Rule::Reference,
        "try_expression" => Rule::Try,
        "binary_expression" => Rule::Binary,
        "assignment_expression" => Rule::Assign,
        "compound_assignment_expr" => Rule::Augment,
        "type_cast_expression" => Rule::Cast,
        "call_expression" => Rule::Call,
        "return_expression" => Rule::Return,
        "yield_expression" => Rule::Yield,
        "break_expression" => Rule::Break,
        "continue_expression" => Rule::Continue,
        "scoped_identifier" => Rule::Scoped,
        "scoped_type_identifier" => Rule::ScopedType,
        "generic_function" => Rule::GenericFunction,
        "await_expression" => Rule::Await,
        "field_expression" => Rule::Field,
        "array_expression" | "slice_pattern" => Rule::Array,
        "tuple_expression" | "tuple_pattern" => Rule::Tuple,
        "index_expression" => Rule::Index,
        "closure_expression" => Rule::Closure,
        "parenthesized_expression" => Rule::Paren,
        "struct_expression" => Rule::StructLiteral,
        "field_initializer" => Rule::FieldInit,
        "shorthand_field_initializer" => Rule::Shorthand,
        "base_field_initializer" => Rule::BaseInit,
        "range_expression" | "range_pattern" => Rule::Range,
        "macro_invocation" => Rule::MacroCall,
        "token_tree" => Rule::TokenTree,
        "block" => Rule::Block,
        "unsafe_block" => Rule::Wrapped(BlockKind::Unsafe),
        "async_block" => Rule::Wrapped(BlockKind::Async),
        "const_block" => Rule::Wrapped(BlockKind::Const),
        "gen_block" | "try_block" => Rule::Wrapped(BlockKind::Plain),
        "if_expression" => Rule::If,
        "match_expression" => Rule::Match,
        "match_block" => Rule::MatchBlock,
        "match_arm" => Rule::MatchArm,
        "while_expression" => Rule::While,
        "loop_expression" => Rule::Loop,
        "for_expression" => Rule::For,
        "let_condition" => Rule::LetCondition,
        "let_chain" => Rule::LetChain,
        _ => return None,
    })
}

fn other(name: &str) -> Rule {
    match name {
        "generic_type" | "generic_type_with_turbofish" | "generic_pattern" => Rule::GenericType,
        "reference_type" => Rule::RefType,
        "pointer_type" => Rule::PointerType,
        "tuple_type" => Rule::TupleType,
        "array_type" => Rule::ArrayType,
        "function_type" => Rule::FnType,
        "dynamic_type" | "abstract_type" => Rule::Bounds,
        "bounded_type" => Rule::Bounded,
        "qualified_type" => Rule::Qualified,
        "type_binding" => Rule::TypeBinding,
        "bracketed_type" | "higher_ranked_trait_bound" | "ref_pattern" | "mut_pattern" => {
            Rule::Pass
        }
        "arguments" => Rule::Splice(Field::Argument),
        "field_initializer_list" => Rule::Splice(Field::Argument),
        "type_arguments" => Rule::SpliceTypes(Field::TypeArgument),
        "trait_bounds" => Rule::SpliceTypes(Field::Bounds),
        "where_clause" => Rule::SpliceTypes(Field::Where),
        "where_predicate" => Rule::WherePredicate,
        "type_parameters" => Rule::TypeParams,
        "type_parameter" => Rule::TypeParam,
        "lifetime_parameter" => Rule::LifetimeParam,
        "const_parameter" => Rule::ConstParam,
        "parameters" => Rule::Parameters,
        "parameter" => Rule::Parameter,
        "self_parameter" => Rule::SelfParam,
        "variadic_parameter" => Rule::Variadic,
        "closure_parameters" => Rule::ClosureParams,
        "tuple_struct_pattern" | "struct_pattern" => Rule::StructPattern,
        "field_pattern" => Rule::FieldPattern,
        "or_pattern" => Rule::Alternatives,
        "captured_pattern" => Rule::Captured,
        _ => Rule::Other,
    }
}

fn field(name: &str) -> Field {
    match name {
        "alias" => Field::Alias,
        "alternative" => Field::Alternative,
        "argument" | "arguments" => Field::Argument,
        "body" => Field::Body,
        "bounds" => Field::Bounds,
        "condition" => Field::Condition,
        "consequence" => Field::Consequence,
        "default_type" => Field::DefaultType,
        "function" => Field::Function,
        "left" => Field::Left,
        "length" => Field::Length,
        "list" => Field::List,
        "macro" => Field::Macro,
        "name" | "field" => Field::Name,
        "operator" => Field::Operator,
        "parameters" => Field::Parameters,
        "path" => Field::Path,
        "pattern" => Field::Pattern,
        "return_type" => Field::ReturnType,
        "right" => Field::Right,
        "trait" => Field::Trait,
        "type" | "element" => Field::Type,
        "type_arguments" => Field::TypeArgument,
        "type_parameters" => Field::TypeParameters,
        "value" => Field::Value,
        _ => Field::None,
    }
}

/// The operator a sign stands for, `=` behind it or not.
pub(super) fn operator(sign: &str) -> Op {
    match sign.strip_suffix('=').unwrap_or(sign) {
        "+" => Op::Add,
        "-" => Op::Sub,
        "*" => Op::Mul,
        "/" => Op::Div,
        "%" => Op::Mod,
        "<<" => Op::Shl,
        ">>" => Op::Shr,
        "&" => Op::BitAnd,
        "|" => Op::BitOr,
        "^" => Op::BitXor,
        _ => Op::None,
    }
}
