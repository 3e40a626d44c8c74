; Of several patterns for one node the last wins.

[(word) (option)] @variable
(field name: (word) @property)
(call name: (word) @function.builtin)
(key) @property
(number) @number
(duration) @number
[(true) (false) (null)] @constant.builtin
(comment) @comment

(string) @string
(escape_sequence) @string.escape

(entry key: [(word) (string)] @property)

(meta_key) @attribute
(meta_statement name: (meta_key) @attribute [(word) @variable.parameter (argument key: (key) @variable.parameter)]
  (#eq? @attribute "@params"))

; Behind an action of several operations an option names one; behind others it may be any name.
(action) @function
((action) @_name . (option) @function
  (#any-of? @_name "date" "file" "http" "json" "list" "math" "string" "time"))

(attribute key: (key) @attribute)
(attribute value: (word) @constant)
(attribute key: (key) @attribute value: [(word) (string)] @label
  (#eq? @attribute "id"))
(step_statement (output name: (word) @module))
(jump_statement key: (key) @attribute)
(jump_statement target: [(word) (string)] @label)

(var_statement (argument key: (key) @variable))
(each_statement name: (word) @variable)

["==" "!=" "<" "<=" ">" ">=" "+" "-" "*" "/" "%" "=" "->"] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," "." ":"] @punctuation.delimiter
(interpolation ["${" "}"] @punctuation.special)

[
  "plan"
  "step"
  "if"
  "else"
  "while"
  "each"
  "parallel"
  "end"
  "future"
  "print"
  "set"
  "var"
  "return"
  "jump"
  "break"
  "continue"
  "stop"
  "skip"
  "and"
  "or"
  "in"
  "exists"
  "not_exists"
  "not"
] @keyword
