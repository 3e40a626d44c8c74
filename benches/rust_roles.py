"""Roles of the words of a Rust file by tree-sitter's grammar: by the field in which a node stands in its parent, as the
grammar names it. Knows nothing of how qplan reads the same tree.

What is judged more loosely than the roles are told, since no reading is the only one:
- a word in the arguments of a macro is a token, no node: in front of `(` it is to be a callsite (behind `fn` a
  definition), elsewhere anything but that is accepted, a callsite too in front of `!` or `::<`;
- a lifetime may be text, or of the type it stands in; labels are not judged;
- a module or type on the way in a path of a type may be of the type or a reference of its own;
- `S { x }` names a field and reads a variable;
- what `*x = 1` assigns through may be read or assigned to;
- `crate`, `self` and `super` of a visibility may be text."""

import tree_sitter
import tree_sitter_rust

DEFINITIONS = {
    "function_item", "function_signature_item", "struct_item", "enum_item", "union_item", "trait_item", "mod_item",
    "const_item", "static_item", "type_item", "associated_type", "macro_definition", "enum_variant", "field_declaration",
}
STRINGS = {"string_literal", "raw_string_literal", "char_literal"}
PATTERNS = {
    "tuple_pattern", "slice_pattern", "ref_pattern", "reference_pattern", "mut_pattern", "captured_pattern", "or_pattern",
    "tuple_struct_pattern", "struct_pattern", "field_pattern", "parameters", "closure_parameters",
}
NAMES = {
    "identifier", "type_identifier", "field_identifier", "shorthand_field_identifier", "primitive_type", "self", "super",
    "crate",
}
# In the arguments of a macro.
LOOSE = {
    "reference", "attribute", "annotation", "assignment", "parameter", "keyword_argument", "text_match", "definition",
    "import", "decorator",
}


def field(node):
    """The field in which a node stands."""
    parent = node.parent
    for index, child in enumerate(parent.children):
        if child.id == node.id:
            return parent.field_name_for_child(index)
    return None


def above(node):
    """A node and those around it."""
    while node is not None:
        yield node
        node = node.parent


class Judge:
    """Roles of the words of one file; `is_whole` is false where the grammar does not read all of it."""

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language()))

    def __init__(self, source):
        self.source = source.encode()
        self.starts = [0]
        for line in source.split("\n"):
            self.starts.append(self.starts[-1] + len(line.encode()) + 1)
        self.lines = source.split("\n")
        self.tree = self.parser.parse(self.source)
        self.is_whole = not self.tree.root_node.has_error

    def role(self, line, column):
        """The roles that the word at a place may have; `None` where it is not judged."""
        at = self.starts[line - 1] + len(self.lines[line - 1][:column].encode())
        end = at + 1
        while end < len(self.source) and (self.source[end:end + 1].isalnum() or self.source[end:end + 1] == b"_"):
            end += 1
        node = self.tree.root_node.descendant_for_byte_range(at, end)
        around = {outer.type: outer for outer in reversed(list(above(node)))}
        if "attribute_item" in around or "inner_attribute_item" in around:
            return {"decorator"}
        for kind in ("line_comment", "block_comment"):
            if kind in around:
                return {self.comment(around[kind])}
        if STRINGS & around.keys():
            return {"string_match"}
        if "use_declaration" in around or "extern_crate_declaration" in around:
            return {"import"}
        if "macro_definition" in around and field(node) != "name":
            return {"text_match"}
        if "token_tree" in around:
            return self.token(at, end, node)
        if node.parent is None or node.type == "label" or node.parent.type == "label":
            return None
        if node.type == "lifetime" or node.parent.type == "lifetime":
            return {"annotation", "parameter", "text_match"}
        if node.type not in NAMES:
            return {"text_match"}
        return self.name(node)

    def comment(self, node):
        text = self.source[node.start_byte:node.end_byte]
        if text.startswith((b"////", b"/***", b"/**/")):
            return "comment_match"
        return "docstring_match" if text.startswith((b"///", b"//!", b"/**", b"/*!")) else "comment_match"

    def token(self, at, end, node):
        """In the arguments of a macro."""
        before, behind = self.source[:at].rstrip(), self.source[end:].lstrip()
        if node.type not in NAMES:
            return {"text_match"} | LOOSE
        if before.endswith((b"#[", b"#![")):
            return {"decorator"}
        if behind.startswith(b"("):
            is_item = before.endswith((b" fn", b"\nfn", b"(fn", b"{fn"))
            is_variant_or_field = before.endswith((b"struct", b"pub"))
            return {"definition"} if is_item else LOOSE if is_variant_or_field else {"callsite"}
        return LOOSE | {"callsite"} if behind.startswith((b"!", b"::<")) else LOOSE

    def name(self, node):
        parent, place = node.parent, field(node)
        if parent.type in DEFINITIONS and place == "name":
            is_declared = parent.type == "mod_item" and parent.child_by_field_name("body") is None
            return {"import" if is_declared else "definition"}
        if parent.type in ("type_parameter", "const_parameter") and place == "name" or parent.type == "self_parameter":
            return {"parameter"}
        if parent.type == "visibility_modifier":
            return {"text_match", "reference"}
        if parent.type in ("field_initializer", "field_pattern") and place in ("field", "name") \
                and node.type != "shorthand_field_identifier":
            return {"keyword_argument"}
        if parent.type == "shorthand_field_initializer":
            return {"keyword_argument", "reference"}
        if parent.type in ("scoped_identifier", "scoped_type_identifier") and place == "path":
            return self.path(parent)
        return self.whole(node)

    def path(self, node):
        """On the way to what a path names."""
        while node.parent.type.startswith("scoped_"):
            node = node.parent
        return {"annotation", "reference"} if node.type == "scoped_type_identifier" else {"reference"}

    def whole(self, node):
        """The last name of what it is part of."""
        whole = node
        while True:
            parent, place = whole.parent, field(whole)
            is_last = parent.type.startswith("scoped_") and place == "name"
            is_field = parent.type == "field_expression" and place == "field"
            if not is_last and not is_field and not (parent.type == "generic_function" and place == "function"):
                break
            whole = parent
        parent, place = whole.parent, field(whole)
        if (parent.type, place) in (("call_expression", "function"), ("macro_invocation", "macro")):
            return {"callsite"}
        if parent.type in ("assignment_expression", "compound_assignment_expr") and place == "left":
            return {"assignment"}
        if parent.type == "unary_expression" and field(parent) == "left":
            return {"reference", "assignment", "attribute"}
        if node.type == "field_identifier":
            return {"attribute"}
        if parent.type in ("struct_expression", "struct_pattern", "tuple_struct_pattern") and place in ("name", "type"):
            return {"reference"}
        if node.type in ("type_identifier", "primitive_type"):
            return {"annotation", "reference"} if self.is_on_the_way(whole) else {"annotation"}
        return {self.bound(whole) if whole is node else "reference"}

    def is_on_the_way(self, node):
        """Whether a type stands in the path of an expression: `Vec` of `Vec::<u8>::new`."""
        for outer in above(node):
            if outer.parent is None or outer.type == "type_arguments":
                return False
            if outer.type in ("bracketed_type", "generic_type") and outer.parent.type.startswith("scoped_"):
                return True

    def bound(self, node):
        """An identifier in a pattern is bound, but for what begins as constants do."""
        text = self.source[node.start_byte:node.end_byte]
        outer = node
        while outer.parent.type in PATTERNS:
            outer = outer.parent
        parent, place = outer.parent, field(outer)
        if parent.type == "parameter" and place == "pattern" or outer.type == "closure_parameters":
            return "parameter"
        binds = (parent.type, place) in (("let_declaration", "pattern"), ("let_condition", "pattern"),
                                         ("for_expression", "pattern"))
        if binds or parent.type == "match_pattern" and place != "condition":
            return "reference" if text[:1].isupper() else "assignment"
        return "reference"
