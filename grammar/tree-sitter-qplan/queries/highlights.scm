; Later patterns win.

(comment) @comment

(word) @variable
(field name: (word) @property)
(entry key: (word) @property)
(entry key: (string) @property)
(key) @property
(attribute key: (key) @attribute)
(jump_statement key: (key) @attribute)
(attribute value: (word) @constant)
(meta_statement name: (meta_key) @attribute)
(var_statement (argument key: (key) @variable))
(meta_statement name: (meta_key) @attribute (argument key: (key) @variable.parameter)
  (#eq? @attribute "@params"))
(meta_statement name: (meta_key) @attribute (word) @variable.parameter
  (#eq? @attribute "@params"))
(each_statement name: (word) @variable.parameter)
(jump_statement target: (word) @label)
(step_statement (output name: (word) @namespace))
(call name: (word) @function.builtin)

(action) @function
(option) @function.method

[
  "plan"
  "step"
  "end"
  "future"
  "print"
  "set"
  "var"
  "stop"
  "skip"
] @keyword
["if" "else"] @keyword.conditional
["while" "each" "parallel" "break" "continue"] @keyword.repeat
["return" "jump"] @keyword.return
["and" "or" "in" "exists" "not_exists" "not"] @keyword.operator

(string) @string
(step_statement (attribute key: (key) @attribute value: (string) @label)
  (#any-of? @attribute "id"))
(jump_statement target: (string) @label)
(escape_sequence) @string.escape
(interpolation ["${" "}"] @punctuation.special)

(number) @number
(duration) @number
[(true) (false)] @boolean
(null) @constant.builtin

["==" "!=" "<" "<=" ">" ">=" "+" "-" "*" "/" "%" "=" "->"] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," "." ":"] @punctuation.delimiter
