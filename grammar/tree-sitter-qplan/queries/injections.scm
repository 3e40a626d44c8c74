; Jq filters and regular expressions.
((action_statement name: (action) @_name
  (string (string_content) @injection.content))
  (#eq? @_name "jq")
  (#set! injection.language "jq"))

((argument key: (key) @_key
  value: (string (string_content) @injection.content))
  (#any-of? @_key "regex" "matches")
  (#set! injection.language "regex"))

((comment) @injection.content
  (#set! injection.language "comment"))
