/**
 * The grammar of QPlan for editors: part 2 of ../qplan.ebnf, production by production. Every token comes from
 * src/scanner.c, which holds part 1: what a word, a bracket or a newline is, from the tokens around it.
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const STATEMENT_WORDS = [
  'plan', 'step', 'if', 'else', 'while', 'each', 'parallel', 'end', 'future', 'print', 'set', 'var', 'return', 'jump',
  'break', 'continue', 'stop', 'skip',
];

const OPERATOR_WORDS = ['and', 'or', 'in', 'exists', 'not_exists', 'not'];

const PREC = { or: 1, and: 2, not: 3, compare: 4, sum: 5, product: 6, minus: 7 };

/** A keyword's token, shown as the word in lower case however it is written. */
const word = ($, name) => alias($[`_kw_${name}`], name);

/** A sign's token, shown as the sign. */
const sign = ($, name, shown) => alias($[`_${name}`], shown);

const comma = ($) => sign($, 'comma', ',');

/** `KEY "=" value`, as a node of its own. */
const keyed = ($, value) => seq(field('key', $.key), sign($, 'assign', '='), field('value', value));

/** Operands joined by operators of one strength, from the left. */
const binary = ($, strength, operator) =>
  prec.left(
    strength,
    seq(field('left', $.expression), field('operator', operator), field('right', $.expression)),
  );

/** Expressions with commas between them, and perhaps one behind the last. */
const elements = ($, element) => seq(element, repeat(seq(comma($), element)), optional(comma($)));

module.exports = grammar({
  name: 'qplan',

  // In the order of `enum Token` in src/scanner.c.
  externals: ($) => [
    $._newline,
    $._joined,
    $.comment,
    $.word,
    $._return_word,
    $.action,
    $.option,
    $._key_word,
    $._key_dot,
    $.meta_key,
    ...STATEMENT_WORDS.map((name) => $[`_kw_${name}`]),
    ...OPERATOR_WORDS.map((name) => $[`_kw_${name}`]),
    $._not_of_in,
    $.true,
    $.false,
    $.null,
    $.number,
    $.duration,
    $.string_start,
    $.string_content,
    $.escape_sequence,
    $._hole_open,
    $.string_end,
    $._string_cut,
    $._block_open,
    $._block_close,
    $._object_open,
    $._paren_open,
    $._call_open,
    $._list_open,
    $._index_open,
    $._close,
    $._comma,
    $._arrow,
    $._assign,
    $._colon,
    $._block_colon,
    $._dot,
    $._equal,
    $._not_equal,
    $._less,
    $._less_equal,
    $._greater,
    $._greater_equal,
    $._plus,
    $._minus,
    $._star,
    $._slash,
    $._percent,
    // What is no token: no rule has it.
    $._unexpected,
  ],

  extras: ($) => [$.comment, $._joined],

  supertypes: ($) => [$.expression],

  rules: {
    source_file: ($) => optional($._body),

    // Every statement of a line ends with a newline: the scanner puts one in before "}" and the end of the file.
    _body: ($) => repeat1(choice($._block_item, seq($._line_item, $._newline), $._newline)),

    _block_item: ($) =>
      choice(
        $.plan_statement,
        $.step_statement,
        $.if_statement,
        $.while_statement,
        $.each_statement,
        $.parallel_statement,
      ),

    _line_item: ($) =>
      choice(
        $.meta_statement,
        $.action_statement,
        $.future_statement,
        $.jump_statement,
        $.set_statement,
        $.var_statement,
        $.print_statement,
        $.return_statement,
        $.break_statement,
        $.continue_statement,
        $.stop_statement,
        $.skip_statement,
      ),

    block: ($) => seq(sign($, 'block_open', '{'), optional($._body), sign($, 'block_close', '}')),

    plan_statement: ($) => seq(word($, 'plan'), field('body', $.block)),

    meta_statement: ($) => seq(field('name', $.meta_key), optional($._values)),

    step_statement: ($) =>
      seq(
        word($, 'step'),
        repeat(seq(choice($.string, $.attribute), optional(comma($)))),
        optional($.output),
        field('body', $.block),
      ),

    attribute: ($) => keyed($, $._constant),

    _constant: ($) => choice($.string, $.word, $.number, $.duration, $.true, $.false, $.null),

    if_statement: ($) =>
      seq(
        word($, 'if'),
        field('condition', $.expression),
        field('body', $.block),
        optional(field('alternative', $.else_clause)),
      ),

    else_clause: ($) => seq(word($, 'else'), choice(field('body', $.block), $.if_statement)),

    while_statement: ($) => seq(word($, 'while'), field('condition', $.expression), field('body', $.block)),

    each_statement: ($) =>
      seq(
        word($, 'each'),
        choice(
          field('name', $.word),
          seq(
            sign($, 'paren_open', '('),
            field('name', $.word),
            comma($),
            field('name', $.word),
            sign($, 'close', ')'),
          ),
        ),
        word($, 'in'),
        field('over', $.expression),
        field('body', $.block),
      ),

    parallel_statement: ($) =>
      seq(
        word($, 'parallel'),
        optional($._attributes),
        choice(
          field('body', $.block),
          seq(sign($, 'block_colon', ':'), optional($._body), word($, 'end')),
        ),
        optional($._attributes),
      ),

    _attributes: ($) => repeat1(seq($.attribute, optional(comma($)))),

    action_statement: ($) => seq(field('name', $.action), optional($.option), optional($._values)),

    future_statement: ($) =>
      seq(word($, 'future'), choice(seq(field('name', $.action), optional($.option), optional($._values)), $._values)),

    // One list for all statements that take values: which of them takes a key, a second value or an output says
    // `qplan check`. So all share their states.
    _values: ($) =>
      choice(
        seq(
          $._value,
          repeat(choice(seq(comma($), $._value), $.argument, $._returned)),
          optional(seq(optional(comma($)), $.output)),
        ),
        $.output,
      ),

    _value: ($) => choice($.argument, $.expression),

    argument: ($) => keyed($, $.expression),

    output: ($) => seq(sign($, 'arrow', '->'), field('name', $.word)),

    // What follows the first name in `return x y.z`.
    _returned: ($) =>
      choice(
        alias($._return_word, $.word),
        alias($._returned_field, $.field),
        alias($._returned_index, $.index),
      ),

    _returned_field: ($) =>
      seq(field('object', $._returned), sign($, 'dot', '.'), field('name', $.word)),

    _returned_index: ($) =>
      seq(
        field('object', $._returned),
        sign($, 'index_open', '['),
        field('index', $.expression),
        sign($, 'close', ']'),
      ),

    jump_statement: ($) =>
      seq(
        word($, 'jump'),
        choice(
          field('target', choice($.string, $.word)),
          seq(field('key', $.key), sign($, 'assign', '='), field('target', choice($.string, $.word))),
        ),
      ),

    set_statement: ($) => seq(word($, 'set'), field('target', $._place), sign($, 'assign', '='), $._values),

    _place: ($) => choice($.word, $.field, $.index),

    var_statement: ($) => seq(word($, 'var'), $._values),

    print_statement: ($) => seq(word($, 'print'), optional($._values)),

    return_statement: ($) => seq(word($, 'return'), optional(sign($, 'assign', '=')), optional($._values)),

    break_statement: ($) => word($, 'break'),

    continue_statement: ($) => word($, 'continue'),

    stop_statement: ($) => word($, 'stop'),

    skip_statement: ($) => word($, 'skip'),

    key: ($) => seq($._key_word, repeat(seq($._key_dot, $._key_word))),

    expression: ($) =>
      choice(
        $.binary_expression,
        $.unary_expression,
        $.exists_expression,
        $._operand,
      ),

    _operand: ($) =>
      choice(
        $.field,
        $.index,
        $.call,
        $.word,
        $.string,
        $.number,
        $.duration,
        $.true,
        $.false,
        $.null,
        $.parenthesized,
        $.list,
        $.object,
      ),

    binary_expression: ($) =>
      choice(
        binary($, PREC.or, word($, 'or')),
        binary($, PREC.and, word($, 'and')),
        binary($, PREC.compare, $._compare_operator),
        binary($, PREC.sum, $._sum_operator),
        binary($, PREC.product, $._product_operator),
      ),

    _compare_operator: ($) =>
      choice(
        sign($, 'equal', '=='),
        sign($, 'not_equal', '!='),
        sign($, 'less', '<'),
        sign($, 'less_equal', '<='),
        sign($, 'greater', '>'),
        sign($, 'greater_equal', '>='),
        word($, 'in'),
        seq(alias($._not_of_in, 'not'), word($, 'in')),
      ),

    _sum_operator: ($) => choice(sign($, 'plus', '+'), sign($, 'minus', '-')),

    _product_operator: ($) => choice(sign($, 'star', '*'), sign($, 'slash', '/'), sign($, 'percent', '%')),

    unary_expression: ($) =>
      choice(
        prec(PREC.not, seq(field('operator', word($, 'not')), field('operand', $.expression))),
        prec(PREC.minus, seq(field('operator', sign($, 'minus', '-')), field('operand', $.expression))),
      ),

    exists_expression: ($) =>
      prec.left(
        PREC.compare,
        seq(
          field('operand', $.expression),
          field('operator', choice(word($, 'exists'), word($, 'not_exists'))),
        ),
      ),

    field: ($) =>
      seq(field('object', $._operand), sign($, 'dot', '.'), field('name', $.word)),

    index: ($) =>
      seq(
        field('object', $._operand),
        sign($, 'index_open', '['),
        field('index', $.expression),
        sign($, 'close', ']'),
      ),

    call: ($) =>
      seq(
        field('name', $.word),
        sign($, 'call_open', '('),
        optional(elements($, $.expression)),
        sign($, 'close', ')'),
      ),

    parenthesized: ($) => seq(sign($, 'paren_open', '('), $.expression, sign($, 'close', ')')),

    list: ($) =>
      seq(sign($, 'list_open', '['), optional(elements($, $.expression)), sign($, 'close', ']')),

    object: ($) =>
      seq(sign($, 'object_open', '{'), optional(elements($, $.entry)), sign($, 'close', '}')),

    entry: ($) =>
      seq(field('key', choice($.word, $.string)), sign($, 'colon', ':'), field('value', $.expression)),

    // `_string_cut` stands for the quote that is missing where a string's line ends.
    string: ($) =>
      seq(
        $.string_start,
        repeat(choice($.string_content, $.escape_sequence, $.interpolation)),
        choice($.string_end, $._string_cut),
      ),

    interpolation: ($) => seq(sign($, 'hole_open', '${'), $.expression, sign($, 'close', '}')),
  },
});
