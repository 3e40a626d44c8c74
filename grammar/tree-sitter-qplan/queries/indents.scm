[(block) (parallel_statement) (object) (list) (parenthesized) (call)] @indent.begin
["}" ")" "]" "end"] @indent.branch @indent.end
