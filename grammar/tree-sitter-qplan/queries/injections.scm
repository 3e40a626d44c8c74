((action_statement name: (action) @_name (string (string_content) @injection.content))
  (#eq? @_name "jq")
  (#set! injection.language "jq"))

((comment) @injection.content
  (#set! injection.language "comment"))
